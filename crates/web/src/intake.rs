//! What comes in with a form: texts and files, streamed, limited and looked at before anything is kept.
//!
//! Texts come first in our forms and files last, so that when a file is too large everything that was typed has already arrived.
//! A file's content is compared with its name: a program named `.pdf` is refused. Limits: 2 MiB of typed text a form, and per file
//! what its field allows. Nothing is written to disk here.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use guiju_office::Upload;

use crate::fault::Fault;
use crate::form::{Arrived, Posted};
use crate::lang::Lang;
use crate::{say, show};

/// All typed texts of one form together, in bytes.
const TEXT_LIMIT: u64 = 2 * 1024 * 1024;
/// How long a refused upload is still read away, so that the browser gets round to showing the answer.
const LINGER: Duration = Duration::from_secs(5);

/// What a file field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRule {
    pub field: String,
    /// Endings (`pdf`) or media types (`application/pdf`); empty takes any known kind.
    pub types: Vec<String>,
    pub max_bytes: u64,
    pub most: u32,
}

/// Why a file was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    TooLarge {
        name: String,
        limit: u64,
    },
    NotAllowed {
        name: String,
        allowed: Vec<String>,
    },
    /// The content is not what the name says; what it is, if known.
    Disguised {
        name: String,
        is: Option<&'static str>,
    },
    Empty {
        name: String,
    },
    TooMany {
        most: u32,
    },
}

impl FileFault {
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            FileFault::TooLarge { name, limit } => {
                let limit = show::bytes(*limit);
                say!(
                    lang,
                    "`{name}` 超过 {limit}，没有接收；请压缩或拆分后再传",
                    "`{name}` is over {limit} and was not taken; compress or split it"
                )
            }
            FileFault::NotAllowed { name, allowed } => {
                let allowed = allowed.iter().map(|kind| ending_of(kind)).collect::<Vec<_>>().join(lang.say("、", ", "));
                say!(
                    lang,
                    "`{name}` 的类型不在可上传之列；可以上传：{allowed}",
                    "`{name}` is of a kind that is not taken; taken are: {allowed}"
                )
            }
            FileFault::Disguised { name, is } => {
                let is = is.unwrap_or(lang.say("其他类型", "of another kind"));
                say!(
                    lang,
                    "`{name}` 的内容与文件名不符（实际是 {is}），没有接收；请用原来的格式重新导出",
                    "the content of `{name}` is not what its name says (it is {is}) and was not taken; export it again in its own format"
                )
            }
            FileFault::Empty { name } => {
                say!(lang, "`{name}` 是空文件，没有接收", "`{name}` is empty and was not taken")
            }
            FileFault::TooMany { most } => say!(lang, "最多 {most} 个文件", "at most {most} files"),
        }
    }
}

/// Reads a form of either encoding.
///
/// # Errors
/// [`Fault::Unreadable`] when the body is no form, [`Fault::TooLarge`] when the typed texts alone are too large. A file that is
/// refused is not an error: it stands in [`Arrived::refused`].
pub async fn read(request: Request, rules: &[FileRule]) -> Result<Arrived, Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return read_multipart(request, rules).await;
    }
    let limit = usize::try_from(TEXT_LIMIT).unwrap_or(usize::MAX);
    let body =
        to_bytes(request.into_body(), limit).await.map_err(|_| Fault::TooLarge { limit: TEXT_LIMIT, kept: None })?;
    Ok(Arrived { typed: urlencoded(&body), ..Arrived::default() })
}

async fn read_multipart(request: Request, rules: &[FileRule]) -> Result<Arrived, Fault> {
    let length = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    let most = rules.iter().map(|rule| rule.max_bytes.saturating_mul(u64::from(rule.most.max(1)))).sum::<u64>();
    let hopeless = length.is_some_and(|length| length > most.saturating_add(TEXT_LIMIT));
    let unreadable = |error: axum::extract::multipart::MultipartError| Fault::Unreadable(error.body_text());
    let mut multipart =
        Multipart::from_request(request, &()).await.map_err(|error| Fault::Unreadable(error.body_text()))?;
    let mut arrived = Arrived::default();
    let mut text_bytes = 0_u64;
    while let Some(mut field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(base_name) else {
            let bytes = field.bytes().await.map_err(unreadable)?;
            text_bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if text_bytes > TEXT_LIMIT {
                return Err(Fault::TooLarge { limit: TEXT_LIMIT, kept: None });
            }
            arrived.typed.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            continue;
        };
        let Some(rule) = rules.iter().find(|rule| rule.field == name) else { continue };
        let mut content = Vec::new();
        let mut over = hopeless && !file_name.is_empty();
        while !over && let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            content.extend_from_slice(&chunk);
            over = u64::try_from(content.len()).unwrap_or(u64::MAX) > rule.max_bytes;
        }
        if over {
            arrived.refused.push((name, FileFault::TooLarge { name: file_name, limit: rule.max_bytes }));
            drop(field);
            tokio::spawn(tokio::time::timeout(LINGER, async move {
                while let Ok(Some(_)) = multipart.next_field().await {}
            }));
            return Ok(arrived);
        }
        take(&mut arrived, rule, file_name, content);
    }
    Ok(arrived)
}

fn take(arrived: &mut Arrived, rule: &FileRule, name: String, content: Vec<u8>) {
    if name.is_empty() {
        return; // The browser sends an empty part for an input without a file.
    }
    let held = arrived.files.iter().filter(|file| file.field == rule.field).count();
    let judged = if held >= usize::try_from(rule.most.max(1)).unwrap_or(usize::MAX) {
        Err(FileFault::TooMany { most: rule.most.max(1) })
    } else {
        judge(rule, &name, &content)
    };
    match judged {
        Ok(media) => arrived.files.push(Upload { field: rule.field.clone(), name, media: media.to_owned(), content }),
        Err(fault) => arrived.refused.push((rule.field.clone(), fault)),
    }
}

/// The name without any path that a browser may send along.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().trim().chars().take(200).collect()
}

/// What a content begins with: name for people, and the endings under which it may come.
const KINDS: &[(&str, &[u8], usize, &[&str])] = &[
    ("PDF", b"%PDF-", 0, &["pdf"]),
    ("PNG", b"\x89PNG\r\n\x1a\n", 0, &["png"]),
    ("JPEG", b"\xff\xd8\xff", 0, &["jpg", "jpeg"]),
    ("GIF", b"GIF8", 0, &["gif"]),
    ("WebP", b"WEBP", 8, &["webp"]),
    ("ZIP", b"PK\x03\x04", 0, &["zip", "docx", "xlsx", "pptx", "ofd", "wps", "et"]),
    ("OLE", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, &["doc", "xls", "ppt", "wps", "et", "dps"]),
    ("RAR", b"Rar!\x1a\x07", 0, &["rar"]),
    ("7z", b"7z\xbc\xaf\x27\x1c", 0, &["7z"]),
    ("Windows program (EXE)", b"MZ", 0, &[]),
    ("Linux program (ELF)", b"\x7fELF", 0, &[]),
    ("script", b"#!", 0, &[]),
    ("MP4", b"ftyp", 4, &["mp4", "m4a", "mov", "heic"]),
    ("WAV", b"WAVE", 8, &["wav"]),
    ("MP3", b"ID3", 0, &["mp3"]),
];

/// Endings whose content is plain text.
const TEXTS: &[&str] = &["txt", "csv", "md", "json"];

fn kind_of(content: &[u8]) -> Option<(&'static str, &'static [&'static str])> {
    KINDS
        .iter()
        .find(|(_, magic, at, _)| content.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        .map(|(name, _, _, endings)| (*name, *endings))
}

/// Says the media type of a file whose content fits its name and its field, or why it is refused.
///
/// # Errors
/// The reason, for the field.
pub fn judge(rule: &FileRule, name: &str, content: &[u8]) -> Result<&'static str, FileFault> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let media = media_of(&ending);
    let allowed = rule.types.is_empty()
        || rule.types.iter().any(|kind| {
            let kind = kind.trim_start_matches('.');
            kind.eq_ignore_ascii_case(&ending) || kind == media || (kind == "jpg" && ending == "jpeg")
        });
    if !allowed || media == OTHER {
        return Err(FileFault::NotAllowed { name: name.to_owned(), allowed: rule.types.clone() });
    }
    if content.is_empty() {
        return Err(FileFault::Empty { name: name.to_owned() });
    }
    let fits = match kind_of(content) {
        Some((_, endings)) => endings.contains(&ending.as_str()),
        None => TEXTS.contains(&ending.as_str()) && !content.iter().take(4096).any(|byte| *byte == 0),
    };
    if fits {
        Ok(media)
    } else {
        Err(FileFault::Disguised { name: name.to_owned(), is: kind_of(content).map(|kind| kind.0) })
    }
}

/// The usual ending of a media type; an ending stays what it is.
pub fn ending_of(kind: &str) -> &str {
    let known = [
        "pdf", "png", "jpg", "gif", "webp", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "ofd", "zip", "rar", "7z",
        "txt", "csv", "json", "mp4", "heic", "wav", "mp3",
    ];
    known.into_iter().find(|ending| media_of(ending) == kind).unwrap_or_else(|| kind.trim_start_matches('.'))
}

const OTHER: &str = "application/octet-stream";

fn media_of(ending: &str) -> &'static str {
    match ending {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "doc" | "wps" => "application/msword",
        "xls" | "et" => "application/vnd.ms-excel",
        "ppt" | "dps" => "application/vnd.ms-powerpoint",
        "ofd" => "application/ofd",
        "zip" => "application/zip",
        "rar" => "application/vnd.rar",
        "7z" => "application/x-7z-compressed",
        "txt" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "mp4" | "m4a" | "mov" => "video/mp4",
        "heic" => "image/heic",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        _ => OTHER,
    }
}

/// Reads `a=1&b=%E4%B8%AD`; bytes that are not UTF-8 become U+FFFD.
pub fn urlencoded(body: &[u8]) -> Posted {
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        (percent_decoded(parts.next().unwrap_or_default()), percent_decoded(parts.next().unwrap_or_default()))
    });
    Posted(pairs.collect())
}

fn percent_decoded(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit =
                    |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
                out.push(digit(*high) * 16 + digit(*low));
                rest = after;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes a text for use within a query string.
pub fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> FileRule {
        FileRule {
            field: "photo".into(),
            types: vec!["pdf".into(), "jpg".into(), "txt".into()],
            max_bytes: 1000,
            most: 2,
        }
    }

    #[test]
    fn a_program_named_pdf_is_refused_and_said_to_be_a_program() {
        let fault = judge(&rule(), "说明.pdf", b"MZ\x90\x00\x03").unwrap_err();
        assert_eq!(fault, FileFault::Disguised { name: "说明.pdf".into(), is: Some("Windows program (EXE)") });
        assert!(fault.sentence(Lang::Zh).contains("说明.pdf"));
        assert!(matches!(judge(&rule(), "a.exe", b"MZ"), Err(FileFault::NotAllowed { .. })));
        assert!(matches!(judge(&rule(), "a.txt", b"\x00\x01"), Err(FileFault::Disguised { .. })));
        assert!(matches!(judge(&rule(), "a.txt", b"#!/bin/sh"), Err(FileFault::Disguised { .. })));
    }

    #[test]
    fn a_file_that_is_what_it_says_is_taken_whatever_the_case_of_its_ending() {
        assert_eq!(judge(&rule(), "扫描件.PDF", b"%PDF-1.7"), Ok("application/pdf"));
        assert_eq!(judge(&rule(), "a.jpeg", b"\xff\xd8\xff\xe0"), Ok("image/jpeg"));
        assert_eq!(judge(&rule(), "a.txt", "你好".as_bytes()), Ok("text/plain"));
        assert_eq!(base_name("C:\\桌面\\a.pdf"), "a.pdf");
    }

    #[test]
    fn a_form_reads_back_what_was_encoded() {
        let text = "企业 名称&=+%";
        let body = format!("a={}&b=&c", percent_encoded(text));
        let posted = urlencoded(body.as_bytes());
        assert_eq!(posted.first("a"), Some(text));
        assert_eq!((posted.first("b"), posted.first("c")), (Some(""), Some("")));
        assert_eq!(urlencoded(b"x=%zz%4").first("x"), Some("%zz%4"));
    }
}
