//! What stands while many work at once and offices come and go: tokens, versions, locks, closing and opening again.

use std::path::Path;

use guiju_kernel::procedure::RefusalKind;
use guiju_office::{Answer, OfficeError, Target, Viewer};
use guiju_pack::Pack;
use guiju_store::{Log, StoreError};
use serde_json::json;

use crate::bureau::{
    BANKING, Bureau, SME, ask, at, code, dispatcher, done, filing, handler, map, new, of_firm, open, pack, refusal,
};

/// A double click, two tabs: the second submission of one form gets the first one's answer, and nothing new is recorded.
#[tokio::test]
async fn a_form_submitted_twice_is_one_act() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let form =
        || guiju_office::Ask { once: Some("form-1".into()), ..ask(new(&firm), "file", &of_firm(&firm), filing(&firm)) };
    let before = bureau.events().await;
    let (one, two) = tokio::join!(bureau.office.act(form()), bureau.office.act(form()));
    let (one, two) = (done(one.unwrap()), done(two.unwrap()));
    assert_eq!((one.case, &one.number, one.again), (two.case, &two.number, false));
    assert!(two.again);
    assert_eq!(bureau.events().await, before + 1);
    let bureau = bureau.again("2024-03-04 10:00", pack()).await;
    let three = done(bureau.office.act(form()).await.unwrap());
    assert!(three.again && three.number == one.number, "the token was forgotten with the process");
}

/// Somebody else has just moved the case: whoever acts on the page they saw before hears that, and nothing is recorded.
#[tokio::test]
async fn a_stale_page_is_a_conflict() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let filed = done(bureau.file(&code(1), filing(&code(1))).await);
    let seen = bureau.office.case(filed.case).await.unwrap().version;
    bureau.done(filed.case, "accept", &dispatcher(), json!({})).await;
    let before = bureau.events().await;
    let target = Target::Case { id: filed.case, seen: Some(seen) };
    let stale = bureau.act(target, "dispatch", &dispatcher(), map(json!({"lead_unit": SME}))).await;
    let stale = refusal(stale);
    assert_eq!((stale.kind, stale.rule.as_str()), (RefusalKind::Conflict, "case.version"));
    assert_eq!(bureau.events().await, before);
}

/// Closed and opened again, the office shows the same case, counts the same, and its timers still ring.
#[tokio::test]
async fn closing_and_opening_again_keeps_everything() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let case = bureau.dispatched(&code(1), BANKING).await;
    let (before, events) = (bureau.office.case(case).await.unwrap(), bureau.events().await);
    let head = bureau.office.store().head(Log::Events).await.unwrap();
    let bureau = bureau.again("2024-03-04 09:05", pack()).await;
    assert_eq!(bureau.office.case(case).await.unwrap(), before);
    assert_eq!((bureau.events().await, bureau.office.store().head(Log::Events).await.unwrap()), (events, head));
    bureau.until("2024-03-04 10:30").await;
    assert_eq!(bureau.events().await, events + 2, "both reminders of the contact rang");
    bureau.done(case, "contact", &handler(BANKING), json!({})).await;
    assert!(bureau.verified().await.ok);
}

/// Two processes on one folder would fork the log: the second is refused, and the first goes on.
#[tokio::test]
async fn a_second_process_on_the_same_folder_is_refused() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let second = open(&bureau.folder(), pack(), at("2024-03-04 09:00"), 2).await;
    assert!(matches!(second, Err(OfficeError::Store(StoreError::Locked(_)))), "{:?}", second.err());
    done(bureau.file(&code(1), filing(&code(1))).await);
    assert!(bureau.verified().await.ok);
}

/// Same pack, same acts, same clock, same seed: the same tree, to the byte. Another seed gives another.
#[tokio::test]
async fn replay_is_exact() {
    let mut heads = Vec::new();
    for seed in [7, 7, 8] {
        let bureau = Bureau::open_with("2024-03-04 09:00", pack(), seed).await;
        let case = bureau.closed(&code(1), SME).await;
        bureau.until("2024-04-30 09:00").await;
        assert!(bureau.office.case(case).await.unwrap().ended.is_some());
        heads.push(bureau.office.store().head(Log::Events).await.unwrap().unwrap());
    }
    assert_eq!(heads[0], heads[1]);
    assert_ne!(heads[0], heads[2]);
}

/// The shipped pack with one text replaced by another, in a folder of its own.
fn changed(file: &str, from: &str, to: &str) -> Result<Pack, String> {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau"), folder.path());
    let file = folder.path().join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "the pack no longer says `{from}`");
    std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
    Pack::load(folder.path()).map_err(|complaints| complaints.iter().map(|c| format!("{c}\n")).collect())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let at = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &at);
        } else {
            std::fs::copy(entry.path(), at).unwrap();
        }
    }
}

const PROCEDURE: &str = "procedures/requests/enterprise-request.yaml";

/// A case remembers the pack under which it began: it goes on by those rules when the office opens with a newer version, while a
/// new case begins under the new one.
#[tokio::test]
async fn a_case_goes_on_under_the_pack_it_began_with() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let old = bureau.dispatched(&code(1), SME).await;
    let events = bureau.events().await;
    let stricter = changed(PROCEDURE, "takes: {contact_note: may}", "takes: {contact_note: must}").unwrap();
    let hash = stricter.hash.clone();
    let bureau = bureau.again("2024-03-04 09:05", stricter).await;
    assert_eq!(bureau.events().await, events + 1, "the new version is on record");
    let new = bureau.dispatched(&code(2), SME).await;
    let refusal = bureau.refused(new, "contact", &handler(SME), json!({})).await;
    assert_eq!(refusal.field.as_deref(), Some("contact_note"));
    bureau.done(old, "contact", &handler(SME), json!({})).await;
    let packs = (bureau.office.case(old).await.unwrap().pack, bureau.office.case(new).await.unwrap().pack);
    assert!(packs.0 != hash && packs.1 == hash);
    let view = bureau.office.case_view(&Viewer::Person(handler(SME)), old).await.unwrap();
    assert_eq!(view.state.zh, "办理中");
    let bureau = bureau.again("2024-03-04 09:10", pack()).await;
    bureau.done(new, "contact", &handler(SME), json!({"contact_note": "已电话联系"})).await;
    assert!(bureau.verified().await.ok);
}

/// A pack with a misspelt state is refused when it is loaded, with the file, the line and what was probably meant.
#[test]
fn a_misspelt_state_is_refused_at_its_line() {
    let complaint = changed(PROCEDURE, "    to: closed", "    to: colsed").unwrap_err();
    assert!(complaint.contains("enterprise-request.yaml:") && complaint.contains("`colsed`"), "{complaint}");
    assert!(complaint.contains("closed"), "{complaint}");
}

/// A refusal is an answer with its rule and field, and leaves nothing behind.
#[tokio::test]
async fn bad_input_is_refused_by_field_and_stores_nothing() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let before = bureau.events().await;
    let wrong = format!("{}0", &firm[..17]);
    let wrong = if wrong == firm { format!("{}1", &firm[..17]) } else { wrong };
    let cases = [
        ("enterprise", Some(json!(wrong)), "field.credit_code"),
        ("contact_phone", Some(json!("1380013800A")), "field.phone"),
        ("types", Some(json!(["no_such_type"])), "field.kind"),
        ("title", Some(json!("短")), "field.min_length"),
        ("title", Some(json!("绝密★关于某项目的请示")), "field.unclassified"),
        ("description", None, "field.required"),
        ("shoe_size", Some(json!("42")), "field.unknown"),
        ("decline_reason", Some(json!("not_ours")), "field.unknown"),
    ];
    for (field, value, rule) in cases {
        let mut given = filing(&firm);
        given.remove(field);
        given.extend(value.map(|value| (field.to_owned(), value)));
        let refusal = refusal(bureau.file(&firm, given).await);
        assert_eq!((refusal.rule.as_str(), refusal.field.as_deref()), (rule, Some(field)), "{}", refusal.why.zh);
        assert_eq!(refusal.kind, RefusalKind::Field);
        assert!(!refusal.why.zh.is_empty() && !refusal.why.en.is_empty());
    }
    assert_eq!(bureau.events().await, before);
    let unknown =
        bureau.office.act(ask(Target::Case { id: 999, seen: None }, "accept", &dispatcher(), map(json!({})))).await;
    assert!(matches!(unknown, Err(OfficeError::NoSuchCase(_))));
    assert!(matches!(bureau.file(&firm, filing(&firm)).await, Answer::Done(_)), "the door was left shut");
}
