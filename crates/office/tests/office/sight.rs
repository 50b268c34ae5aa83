//! Who sees what: parties their own, units what lies on their desk, overseers their organ; personal values only by a recorded reading.

use guiju_kernel::procedure::Person;
use guiju_office::{Answer, EntryAsk, InboxAsk, OfficeError, Upload, Viewer, accounts};
use guiju_store::Log;
use serde_json::json;

use crate::bureau::{
    BANKING, Bureau, RADIO, SME, ask, code, dispatcher, done, filing, handler, map, new, of_firm, officer, refusal,
    registrar,
};

const PHONE: &str = "19900001234";

async fn readings(bureau: &Bureau) -> u64 {
    bureau.office.store().position(Log::Readings).await.unwrap().size
}

async fn sees(bureau: &Bureau, who: Viewer, case: u64) -> bool {
    match bureau.office.case_view(&who, case).await {
        Ok(_) => true,
        Err(OfficeError::NotYours { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

fn inbox_of(unit: Option<&str>) -> InboxAsk {
    InboxAsk { unit: unit.map(str::to_owned), ..InboxAsk::default() }
}

/// The units of several organs handle on one platform, and each sees only its own: in the case file, the inbox and the search.
#[tokio::test]
async fn each_unit_sees_only_its_own() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let case = bureau.dispatched(&code(1), BANKING).await;
    let seen_by = |person: Person| sees(&bureau, Viewer::Person(person), case);
    assert!(seen_by(handler(BANKING)).await);
    assert!(seen_by(of_firm(&code(1))).await);
    assert!(seen_by(dispatcher()).await);
    assert!(
        seen_by(officer("du", "jh-miit/supervision", &["supervisor"])).await,
        "the organ whose case it is oversees it"
    );
    assert!(!seen_by(handler(RADIO)).await);
    assert!(!seen_by(handler("jh-financial-services/other")).await);
    assert!(!seen_by(of_firm(&code(2))).await);
    assert!(!seen_by(officer("du2", "jh-tax/taxpayer-service", &["supervisor"])).await);
    assert!(!sees(&bureau, Viewer::Public, case).await);

    let rows = |person: Person, unit: Option<&'static str>| {
        let office = bureau.office.clone();
        async move { office.inbox(&person, &inbox_of(unit)).await.map(|inbox| inbox.rows.len()) }
    };
    assert_eq!(rows(handler(BANKING), None).await.unwrap(), 1);
    assert_eq!(rows(handler(RADIO), None).await.unwrap(), 0);
    assert!(matches!(rows(handler(RADIO), Some(BANKING)).await, Err(OfficeError::NotYours { .. })));
    assert!(
        matches!(rows(dispatcher(), Some(BANKING)).await, Err(OfficeError::NotYours { .. })),
        "another organ's desk"
    );
    assert_eq!(rows(dispatcher(), Some(SME)).await.unwrap(), 0);

    for (person, hits) in [(handler(BANKING), 1), (handler(RADIO), 0), (of_firm(&code(1)), 1), (of_firm(&code(2)), 0)] {
        assert_eq!(bureau.office.search(&person, "续贷", None).await.unwrap().rows.len(), hits, "{}", person.id);
    }
    assert_eq!(bureau.office.my_cases(&of_firm(&code(2)), None, 10).await.unwrap(), []);
    // Having passed the case on, the unit may still read it; another unit's acts are not its own.
    bureau
        .done(case, "return", &handler(BANKING), json!({"return_reason": "not_ours", "return_basis": "三定方案第四条"}))
        .await;
    assert!(seen_by(handler(BANKING)).await);
    assert_eq!(rows(handler(BANKING), None).await.unwrap(), 0);
}

/// Personal values stand in no view, record or index; whoever asks for one is on record, in a tree of its own, before they see it.
#[tokio::test]
async fn personal_values_are_masked_and_readings_recorded() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let case = bureau.dispatched(&firm, SME).await;
    for who in [handler(SME), of_firm(&firm)] {
        let view = bureau.office.case_view(&Viewer::Person(who), case).await.unwrap();
        let drawn = format!("{view:?}");
        assert!(!drawn.contains(PHONE) && !drawn.contains("欧阳测试"), "a personal value stands in a view");
        let held: Vec<(&str, bool)> = view.personal.iter().map(|p| (p.field.as_str(), p.erased)).collect();
        assert_eq!(held, [("contact_name", false), ("contact_phone", false)]);
    }
    for record in bureau.office.store().records(Log::Events, 0, bureau.events().await).await.unwrap() {
        assert!(!record.bytes.contains(PHONE), "a personal value stands in a record");
    }
    let overseer = officer("du", "jh-miit/supervision", &["supervisor"]);
    assert_eq!(bureau.office.search(&overseer, PHONE, None).await.unwrap().rows, []);

    assert!(bureau.office.reveal(&handler(RADIO), case, "contact_phone").await.is_err());
    assert!(bureau.office.reveal(&handler(SME), case, "no_such_field").await.is_err());
    assert_eq!(readings(&bureau).await, 0, "nothing was shown, so nothing was read");
    assert_eq!(bureau.office.reveal(&handler(SME), case, "contact_phone").await.unwrap(), PHONE);
    let reading = bureau.office.store().records(Log::Readings, 0, 1).await.unwrap();
    let reading: serde_json::Value = serde_json::from_str(&reading[0].bytes).unwrap();
    assert_eq!((&reading["by"]["id"], &reading["read"]["field"]), (&json!("h-jh-miit-sme"), &json!("contact_phone")));
    assert_eq!(reading["case"], json!(case));
    assert!(bureau.verified().await.ok);
}

fn upload(name: &str, media: &str, content: &[u8]) -> Upload {
    Upload { field: "attachments".into(), name: name.into(), media: media.into(), content: content.to_vec() }
}

async fn file_with(bureau: &Bureau, files: Vec<Upload>) -> Answer {
    let firm = code(1);
    let mut filed = ask(new(&firm), "file", &of_firm(&firm), filing(&firm));
    filed.files = files;
    bureau.office.act(filed).await.unwrap()
}

/// Attachments of a wrong type, size or number are refused by their field, and leave neither file nor key nor record; one that is
/// taken comes back as it was, to those who may see the case.
#[tokio::test]
async fn attachments_are_judged_and_kept() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let before = bureau.events().await;
    let pdf = |name: &str| upload(name, "application/pdf", b"%PDF-1.7\n%...");
    let huge = [b"%PDF-1.7\n".to_vec(), vec![0; 20 * 1024 * 1024 + 1]].concat();
    let bad = [
        (vec![upload("a.exe", "application/x-msdownload", b"MZ\x90")], "field.file.content"),
        (vec![upload("a.pdf", "application/pdf", b"MZ\x90\x00")], "field.file.content"),
        (vec![upload("a.txt", "text/plain", b"hello")], "field.file.type"),
        (vec![upload("a.pdf", "application/pdf", &huge)], "field.file.size"),
        ((0..10).map(|n| pdf(&format!("{n}.pdf"))).collect(), "field.file.most"),
        (vec![Upload { field: "answer_files".into(), ..pdf("a.pdf") }], "field.unknown"),
    ];
    for (files, rule) in bad {
        let refusal = refusal(file_with(&bureau, files).await);
        assert_eq!(refusal.rule, rule, "{}", refusal.why.zh);
        assert!(refusal.field.is_some());
    }
    assert_eq!(bureau.events().await, before);
    assert_eq!(bureau.office.store().party_key(&code(1)).await.unwrap(), None, "a refused act left a key");

    let taken = done(file_with(&bureau, vec![pdf("营业执照.pdf")]).await);
    let mark = bureau.office.case(taken.case).await.unwrap().detail.files["attachments"][0].clone();
    let seen = |who: Person| {
        let (office, stored) = (bureau.office.clone(), mark.stored.clone());
        async move { office.file(&Viewer::Person(who), taken.case, &stored).await }
    };
    let (name, media, content) = seen(of_firm(&code(1))).await.unwrap();
    assert_eq!((name.as_str(), media.as_str(), &content[..8]), ("营业执照.pdf", "application/pdf", &b"%PDF-1.7"[..]));
    assert!(seen(of_firm(&code(2))).await.is_err());
    assert!(bureau.verified().await.ok);
}

/// Signing in needs the right password of an account that is there and not suspended; who the person is stands on the register.
#[tokio::test]
async fn signing_in() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let account = |suspended: bool| EntryAsk {
        by: bureau.office.system(),
        register: accounts::ACCOUNTS.into(),
        key: "wang".into(),
        fields: Some(map(json!({
            "account": "wang", "name": "王测试", "unit": SME, "roles": ["handler"], "suspended": suspended,
        }))),
        secrets: [(accounts::PASSWORD.into(), accounts::hash_password("correct horse").unwrap())].into(),
        files: Vec::new(),
        seen: None,
        done: None,
        origin: guiju_kernel::record::Origin::Own,
        once: None,
    };
    done(bureau.office.put(account(false), None).await.unwrap());
    let person = bureau.office.sign_in("wang", "correct horse").await.unwrap().unwrap();
    assert_eq!((person.organ.as_deref(), person.unit.as_deref()), (Some("jh-miit"), Some("sme")));
    assert!(person.roles.contains("handler"));
    assert_eq!(bureau.office.sign_in("wang", "correct horsf").await.unwrap(), None);
    assert_eq!(bureau.office.sign_in("wang", "").await.unwrap(), None);
    assert_eq!(bureau.office.sign_in("nobody", "correct horse").await.unwrap(), None);
    let stored = bureau.office.store().records(Log::Events, 0, bureau.events().await).await.unwrap();
    assert!(stored.iter().all(|r| !r.bytes.contains("argon2")), "a password's hash stands in a record");
    // Accounts are the administrator's: no other keeper may give themselves a role.
    let mut own = account(false);
    own.by = registrar();
    assert_eq!(refusal(bureau.office.put(own, None).await.unwrap()).rule, "register.kept_by");
    done(bureau.office.put(account(true), None).await.unwrap());
    assert_eq!(bureau.office.sign_in("wang", "correct horse").await.unwrap(), None, "suspended");
    assert_eq!(bureau.office.person("wang").await.unwrap(), None, "a session of a suspended account goes on");
}
