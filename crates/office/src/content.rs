//! Is a file what it says it is? Looked at by its first bytes, again in the office, whoever let it in at the door.

/// What files of a media type begin with: the bytes, and where they stand.
const BEGINNINGS: [(&str, &[u8], usize); 16] = [
    ("application/pdf", b"%PDF-", 0),
    ("image/png", b"\x89PNG\r\n\x1a\n", 0),
    ("image/jpeg", b"\xff\xd8\xff", 0),
    ("image/gif", b"GIF8", 0),
    ("image/webp", b"WEBP", 8),
    ("image/heic", b"ftyp", 4),
    ("application/zip", b"PK\x03\x04", 0),
    ("application/ofd", b"PK\x03\x04", 0),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04", 0),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04", 0),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", b"PK\x03\x04", 0),
    ("application/vnd.rar", b"Rar!\x1a\x07", 0),
    ("application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c", 0),
    ("video/mp4", b"ftyp", 4),
    ("audio/wav", b"WAVE", 8),
    ("audio/mpeg", b"ID3", 0),
];

/// What programs begin with: taken under no name.
const PROGRAMS: [&[u8]; 3] = [b"MZ", b"\x7fELF", b"#!"];

/// Whether the content can be of this media type. A type without a fixed beginning takes anything that is no program.
pub fn fits(media: &str, content: &[u8]) -> bool {
    let begins = |bytes: &[u8], at: usize| content.get(at..).is_some_and(|rest| rest.starts_with(bytes));
    match BEGINNINGS.iter().find(|(known, ..)| *known == media) {
        Some((_, bytes, at)) => begins(bytes, *at),
        None => !PROGRAMS.iter().any(|bytes| begins(bytes, 0)),
    }
}
