//! What went wrong, as a page for people in their language: never JSON, never a stack trace.
//!
//! Handlers return a [`Fault`]; the layer in [`crate::gate`] draws it inside the face's frame. A fault says what happened, where,
//! and what to do now; a refusal by a rule is not a fault (the page that asked shows it).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guiju_office::OfficeError;
use guiju_store::StoreError;

use crate::lang::Lang;
use crate::say;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No such page, case, entry or file.
    NotFound(String),
    /// This process does not serve that face.
    FaceNotServed,
    /// Somebody must sign in first; the page they wanted.
    SignIn(String),
    /// Signed in, but the right is another's.
    NotYours(String),
    /// The form came from another site, or its token is not this session's.
    Foreign,
    /// What was sent cannot be read.
    Unreadable(String),
    /// Larger than allowed, in bytes; where the rest of what was typed is kept.
    TooLarge { limit: u64, kept: Option<String> },
    /// The disk is full or the database is away: nothing was stored.
    Unavailable(String),
    /// The connection broke while saving: it may or may not have been stored.
    Uncertain(String),
    /// Anything that should not happen.
    Broken(String),
}

impl Fault {
    pub fn status(&self) -> StatusCode {
        match self {
            Fault::NotFound(_) | Fault::FaceNotServed => StatusCode::NOT_FOUND,
            Fault::SignIn(_) => StatusCode::UNAUTHORIZED,
            Fault::NotYours(_) | Fault::Foreign => StatusCode::FORBIDDEN,
            Fault::Unreadable(_) => StatusCode::BAD_REQUEST,
            Fault::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Unavailable(_) | Fault::Uncertain(_) => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn title(&self, lang: Lang) -> String {
        match self {
            Fault::NotFound(_) => lang.say("没有找到", "Not found"),
            Fault::FaceNotServed => lang.say("这里不提供这个页面", "This page is not served here"),
            Fault::SignIn(_) => lang.say("请先登录", "Sign in first"),
            Fault::NotYours(_) => lang.say("您无权查看或办理", "This is not yours to see or do"),
            Fault::Foreign => lang.say("这份表单不是从本页提交的", "This form did not come from this site"),
            Fault::Unreadable(_) => lang.say("提交的内容无法识别", "What was sent cannot be read"),
            Fault::TooLarge { .. } => lang.say("文件太大，没有上传", "The file is too large and was not taken"),
            Fault::Unavailable(_) => lang.say("系统暂时不能保存", "The system cannot save just now"),
            Fault::Uncertain(_) => lang.say("不能确定是否已经保存", "It is not known whether this was saved"),
            Fault::Broken(_) => lang.say("系统出错了", "Something went wrong here"),
        }
        .to_owned()
    }

    /// What happened, and what to do now.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        match self {
            Fault::NotFound(what) => vec![
                say!(lang, "没有 {what}。地址可能输错了，或者该内容不对您公开。", "There is no {what}. The address may be mistyped, or it is not open to you."),
            ],
            Fault::FaceNotServed => vec![
                lang.say("这台服务器不提供该界面，它可能部署在另一个网络。请向本机关询问正确的地址。",
                    "This server does not serve that face; it may stand in another network. Ask the office for the right address.").to_owned(),
            ],
            Fault::SignIn(_) => vec![lang.say("登录后会回到您要看的页面。", "After signing in you return to the page you wanted.").to_owned()],
            Fault::NotYours(holder) => vec![say!(lang, "此权属于：{holder}。如需办理，请联系他们。", "The right belongs to: {holder}. Please ask them.")],
            Fault::Foreign => vec![lang.say("为保护您的账户，来自其他网站或已过期页面的提交不予接受。请回到上一页，刷新后再提交；您填写的内容仍在那里。",
                "To protect your account, forms from other sites or stale pages are not accepted. Go back, reload and submit again; what you typed is still there.").to_owned()],
            Fault::Unreadable(why) => vec![say!(lang, "{why}。没有保存任何内容，请返回上一页改正。", "{why}. Nothing was saved; please go back and mend it.")],
            Fault::TooLarge { limit, kept } => too_large(lang, *limit, kept.is_some()),
            Fault::Unavailable(why) => vec![
                lang.say("没有保存任何内容，也没有办成任何事项。请保留本页，稍后再提交一次；如果持续如此，请告知系统管理员。",
                    "Nothing was saved and nothing was done. Keep this page and submit again later; if it persists, tell the administrator.").to_owned(),
                why.clone(),
            ],
            Fault::Uncertain(why) => vec![
                lang.say("保存时连接中断。请回到上一页再提交一次：同一份表单只会办一次，不会重复。",
                    "The connection broke while saving. Go back and submit once more: one form is done once, never twice.").to_owned(),
                why.clone(),
            ],
            Fault::Broken(why) => vec![
                lang.say("没有保存任何内容。请把下面一行告知系统管理员。", "Nothing was saved. Please give the line below to the administrator.").to_owned(),
                why.clone(),
            ],
        }
    }
}

fn too_large(lang: Lang, limit: u64, kept: bool) -> Vec<String> {
    let limit = crate::show::bytes(limit);
    let mut sentences = vec![say!(
        lang,
        "上限是 {limit}，超出的文件没有接收。请压缩或拆分后再传。",
        "The limit is {limit}; the larger file was not taken. Please compress or split it."
    )];
    if kept {
        sentences.push(
            lang.say("您填写的其他内容已经保存，可以接着填。", "Everything else you typed is kept; you can go on.")
                .to_owned(),
        );
    }
    sentences
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<OfficeError> for Fault {
    fn from(error: OfficeError) -> Fault {
        match error {
            OfficeError::Store(error) => Fault::from(error),
            OfficeError::NoSuchCase(which) => Fault::NotFound(which),
            OfficeError::NotYours { holder } => Fault::NotYours(holder),
            OfficeError::Closing => Fault::Unavailable(error.to_string()),
            OfficeError::Input(why) => Fault::Unreadable(why),
            other => Fault::Broken(other.to_string()),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        match error {
            StoreError::Unavailable(_) | StoreError::Locked(_) | StoreError::Fenced => {
                Fault::Unavailable(error.to_string())
            }
            StoreError::Uncertain(_) => Fault::Uncertain(error.to_string()),
            StoreError::Rejected(_)
            | StoreError::Missing(_)
            | StoreError::Damaged(_)
            | StoreError::Older(_)
            | StoreError::Newer(_) => Fault::Broken(error.to_string()),
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Fault {
        Fault::Broken(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_to_have_saved_nothing_and_is_worth_trying_again() {
        let fault = Fault::from(OfficeError::Store(StoreError::Unavailable("disk full".into())));
        assert_eq!(fault.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(fault.sentences(Lang::Zh).concat().contains("没有保存"));
        assert!(fault.sentences(Lang::En).concat().contains("disk full"));
    }

    #[test]
    fn a_missing_right_names_whose_it_is() {
        let fault = Fault::from(OfficeError::NotYours { holder: "无线电管理科".into() });
        assert_eq!(fault.status(), StatusCode::FORBIDDEN);
        assert!(fault.sentences(Lang::En).concat().contains("无线电管理科"));
    }
}
