//! Erasing a party's personal data, and what stands afterwards: the tree, the receipts, that something was decided and by whom.

use guiju_kernel::record::{Origin, Record};
use guiju_office::{Answer, EntryAsk, EraseAsk, Office, OfficeClock, Settings, Viewer};
use guiju_store::{Log, Target as Place};
use guiju_verify::note::VerifierKey;
use serde_json::json;

use crate::bureau::{
    Bureau, SME, ask, at, code, dispatcher, done, filing, handler, map, new, of_firm, pack, refusal, registrar,
};

fn erase(by: &guiju_kernel::procedure::Person, party: &str) -> EraseAsk {
    EraseAsk { by: by.clone(), party: party.into(), basis: "personal-information-protection-law#47".into() }
}

async fn erased(bureau: &Bureau, by: &guiju_kernel::procedure::Person, party: &str) -> Answer {
    bureau.office.erase(erase(by, party)).await.unwrap()
}

fn entry(firm: &str, ends: bool) -> EntryAsk {
    let fields = map(json!({
        "credit_code": firm, "name": "江海甲测试有限公司", "contact_name": "欧阳测试", "contact_phone": "19900001234",
    }));
    EntryAsk {
        by: registrar(),
        register: "enterprises".into(),
        key: firm.into(),
        fields: (!ends).then_some(fields),
        secrets: Default::default(),
        files: Vec::new(),
        seen: None,
        done: None,
        origin: Origin::Own,
        once: None,
    }
}

/// Refused without the right, while a case is open, and while the register's retention runs. Then the values are gone wherever
/// they lay, and everything else stands: the tree, the case, the receipts given before and made after.
#[tokio::test]
async fn erasing_takes_the_values_and_leaves_the_record() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    done(bureau.office.put(entry(&firm, false), None).await.unwrap());
    let case = bureau.closed(&firm, SME).await;
    let party = Viewer::Person(of_firm(&firm));
    let before = bureau.office.receipt(&party, case).await.unwrap();

    let rule = |answer: Answer| refusal(answer).rule;
    assert_eq!(rule(erased(&bureau, &handler(SME), &firm).await), "erase.right");
    assert_eq!(rule(erased(&bureau, &registrar(), &code(9)).await), "erase.nothing");
    assert_eq!(rule(erased(&bureau, &registrar(), &firm).await), "erase.open_case");
    bureau.until("2024-04-30 09:00").await;
    assert_eq!(rule(erased(&bureau, &registrar(), &firm).await), "erase.retention");
    done(bureau.office.put(entry(&firm, true), None).await.unwrap());
    bureau.until("2029-04-01 09:00").await;
    assert_eq!(rule(erased(&bureau, &registrar(), &firm).await), "erase.retention");
    assert_eq!(bureau.office.reveal(&of_firm(&firm), case, "contact_phone").await.unwrap(), "19900001234");
    bureau.until("2029-06-01 09:00").await;
    let act = done(erased(&bureau, &registrar(), &firm).await);

    assert!(bureau.office.reveal(&of_firm(&firm), case, "contact_phone").await.is_err());
    let view = bureau.office.case_view(&party, case).await.unwrap();
    assert!(!view.personal.is_empty() && view.personal.iter().all(|p| p.erased));
    assert_eq!(bureau.office.store().party_key(&firm).await.unwrap(), None);
    assert_eq!(bureau.office.store().vault_of(&firm).await.unwrap(), []);
    let stored = bureau.office.store().records(Log::Events, act.seq, act.seq + 1).await.unwrap();
    let record: Record = serde_json::from_str(&stored[0].bytes).unwrap();
    assert_eq!((record.act.as_str(), record.by[0].id.as_str()), ("erase", "tai"));
    assert_eq!(record.effects.len(), 4, "two values of the entry, two of the case");
    assert_eq!(rule(erased(&bureau, &registrar(), &firm).await), "erase.nothing");

    let after = bureau.office.receipt(&party, case).await.unwrap();
    let key = VerifierKey::parse(&bureau.office.vkeys().0).unwrap();
    for receipt in [&before, &after] {
        let verified = guiju_verify::receipt::verify(receipt, std::slice::from_ref(&key)).unwrap();
        assert_eq!(verified.index, case);
        assert_eq!(bureau.office.verify_receipt(receipt).unwrap().index, case);
    }
    let report = bureau.verified().await;
    assert!(report.ok, "{:?}", report.faults);
}

/// A party that comes back gets a new key: what it files then can be read, what was erased stays closed, and it can be erased again.
#[tokio::test]
async fn an_erased_party_may_come_back() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(2);
    let old = done(bureau.file(&firm, filing(&firm)).await).case;
    bureau.done(old, "withdraw", &of_firm(&firm), json!({})).await;
    // Asked in one breath: the request is sealed under a key that the erasure does not drop, whichever comes first.
    let filed = ask(new(&firm), "file", &of_firm(&firm), filing(&firm));
    let system = bureau.office.system();
    let (gone, new) = tokio::join!(bureau.office.erase(erase(&system, &firm)), bureau.office.act(filed));
    done(gone.unwrap());
    let new = done(new.unwrap()).case;
    assert!(bureau.office.reveal(&of_firm(&firm), old, "contact_phone").await.is_err());
    assert_eq!(bureau.office.reveal(&of_firm(&firm), new, "contact_phone").await.unwrap(), "19900001234");
    assert_eq!(refusal(erased(&bureau, &system, &firm).await).rule, "erase.open_case");
    bureau.done(new, "withdraw", &of_firm(&firm), json!({})).await;
    done(erased(&bureau, &system, &firm).await);
    let report = bureau.verified().await;
    assert!(report.ok, "{:?}", report.faults);
}

/// An act and the erasure that would take its values, handed in together: the case is open, so nothing is erased.
#[tokio::test]
async fn an_erasure_sees_what_is_still_being_written() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(3);
    let filed = bureau.office.hand_over(ask(new(&firm), "file", &of_firm(&firm), filing(&firm)), None).await.unwrap();
    let system = bureau.office.system();
    assert_eq!(refusal(erased(&bureau, &system, &firm).await).rule, "erase.open_case");
    let case = done(filed.await.unwrap().unwrap()).case;
    assert_eq!(bureau.office.reveal(&of_firm(&firm), case, "contact_phone").await.unwrap(), "19900001234");
    assert!(bureau.verified().await.ok);
}

/// A receipt verifies offline with the office's public key alone, and no longer once a letter of it is changed.
#[tokio::test]
async fn receipts_verify_and_forgeries_do_not() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let case = bureau.dispatched(&firm, SME).await;
    for n in 2..40 {
        done(bureau.file(&code(n), filing(&code(n))).await);
    }
    let receipt = bureau.office.receipt(&Viewer::Person(of_firm(&firm)), case).await.unwrap();
    let key = VerifierKey::parse(&bureau.office.vkeys().0).unwrap();
    let verified = guiju_verify::receipt::verify(&receipt, std::slice::from_ref(&key)).unwrap();
    assert_eq!((verified.index, verified.checkpoint.size), (case, bureau.events().await));
    // One letter within the record that the receipt carries.
    let at = receipt.find("extra ").unwrap() + 60;
    let other = if &receipt[at..=at] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &receipt[..at], &receipt[at + 1..]);
    assert!(guiju_verify::receipt::verify(&forged, &[key]).is_err());
    assert!(bureau.office.verify_receipt(&forged).is_err());
    assert!(bureau.office.receipt(&Viewer::Person(of_firm(&code(2))), case).await.is_err(), "another firm's receipt");
    assert!(bureau.office.receipt(&Viewer::Public, case).await.is_err());
    let dispatcher = Viewer::Person(dispatcher());
    assert!(bureau.office.receipt(&dispatcher, u64::from(u32::MAX)).await.is_err(), "no such record");
}

/// Many bells ring while the first act of the day waits: it is decided after them, however long they took.
#[tokio::test]
async fn an_act_behind_late_bells_comes_after_them() {
    let bureau = Bureau::open("2024-03-04 10:00").await;
    let mut cases = Vec::new();
    for n in 1..60 {
        cases.push(bureau.dispatched(&code(n), SME).await);
    }
    let folder = bureau.folder();
    bureau.office.clone().close().await.unwrap();
    let settings = Settings {
        place: Place::Folder(folder.clone()),
        keys: folder.clone(),
        pack: pack(),
        clock: OfficeClock::onward(at("2024-04-04 12:00")),
        chance: guiju_office::Chance::Seeded([1; 32]),
    };
    drop(bureau.office.clone());
    let office = Office::open(settings).await.unwrap();
    let answer = office.act(ask(new(&code(70)), "file", &of_firm(&code(70)), filing(&code(70)))).await.unwrap();
    let filed = done(answer).seq;
    let last = office.store().records(Log::Events, filed - 1, filed + 1).await.unwrap();
    assert!(last[0].recorded <= last[1].recorded);
    assert!(filed > cases[0] + 3 * 59, "no bell rang before it");
    office.close().await.unwrap();
    assert_eq!(crate::bureau::verify(&folder).await.faults, []);
}

/// A bell that nobody heard while the office was closed is recorded when it opens: done at its moment, recorded then.
#[tokio::test]
async fn a_late_bell_says_that_it_rang_late() {
    let bureau = Bureau::open("2024-03-04 10:00").await;
    let case = bureau.dispatched(&code(1), SME).await;
    let folder = bureau.folder();
    bureau.office.clone().close().await.unwrap();
    let settings = Settings {
        place: Place::Folder(folder.clone()),
        keys: folder,
        pack: pack(),
        clock: OfficeClock::onward(at("2024-03-04 12:00")),
        chance: guiju_office::Chance::Seeded([1; 32]),
    };
    drop(bureau.office.clone());
    let office = Office::open(settings).await.unwrap();
    office.ring(None).await.unwrap();
    let stored = office.store().records_of_case(case).await.unwrap();
    let last: Record = serde_json::from_str(&stored.last().unwrap().bytes).unwrap();
    assert_eq!((last.by[0].id.as_str(), last.done), ("contact_due", at("2024-03-04 11:00")));
    assert!(last.recorded >= at("2024-03-04 12:00"), "{}", last.recorded);
    office.close().await.unwrap();
}
