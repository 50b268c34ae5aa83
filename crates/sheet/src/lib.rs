//! Workbooks and CSV as bureaus keep them: read with their quirks, given back with the bad cells marked.
