//! Values -> documents (HTML, XLSX); the same input gives the same bytes.
