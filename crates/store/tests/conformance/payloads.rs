//! What events bind, what rings, and what is lost without harm.

use guiju_kernel::rows::ErasedRow;
use guiju_store::{Batch, Draft, FileRow, KeyRow, Operation, RowChange, Session, VaultRow};

use crate::place::Place;
use crate::sample::{case, put_case, timer};

pub async fn a_dropped_key_is_gone_and_the_sealed_values_stay(place: Place) {
    let (store, fence) = place.writer().await;
    let vault = (0..400)
        .map(|n| VaultRow { seq: n, field: "phone".into(), party: format!("p{}", n % 2), sealed: vec![n as u8; 80] })
        .collect();
    let key = |party: &str, wrapped: Option<u8>| KeyRow { party: party.into(), wrapped: wrapped.map(|b| vec![b; 60]) };
    let keys = vec![key("p0", Some(1)), key("p1", Some(2))];
    store.commit(&fence, &Batch { vault, keys, ..Batch::default() }).await.unwrap();
    assert_eq!(store.vault_of("p1").await.unwrap().len(), 200);
    assert_eq!(store.vault_of("p1").await.unwrap()[0], (1, "phone".into()));
    let drop = Batch { keys: vec![key("p1", None), key("p9", None)], ..Batch::default() };
    store.commit(&fence, &drop).await.unwrap();
    assert_eq!(store.party_key("p1").await.unwrap(), None);
    assert_eq!(store.party_key("p0").await.unwrap(), Some(vec![1; 60]));
    assert_eq!(store.vault(1, "phone").await.unwrap().unwrap().sealed, vec![1; 80]);
    let renewed = Batch { keys: vec![key("p0", Some(9))], ..Batch::default() };
    store.commit(&fence, &renewed).await.unwrap();
    assert_eq!(store.party_key("p0").await.unwrap(), Some(vec![9; 60]));
}

pub async fn an_erased_payload_leaves_the_vault(place: Place) {
    let (store, fence) = place.writer().await;
    let sealed = |field: &str| VaultRow { seq: 3, field: field.into(), party: "甲".into(), sealed: vec![1; 80] };
    let vault = vec![sealed("phone"), sealed("name")];
    store.commit(&fence, &Batch { vault, ..Batch::default() }).await.unwrap();
    let rows = vec![RowChange::Erased(ErasedRow { seq: 3, field: "phone".into(), by_seq: 9 })];
    store.commit(&fence, &Batch { rows, ..Batch::default() }).await.unwrap();
    assert_eq!(store.vault(3, "phone").await.unwrap(), None);
    assert_eq!(store.vault_of("甲").await.unwrap(), [(3, "name".into())]);
}

pub async fn the_same_file_or_pack_twice_is_no_fault(place: Place) {
    let (store, fence) = place.writer().await;
    let batch = |content: &[u8]| Batch {
        files: vec![FileRow { stored: "h".into(), party: "甲".into(), content: content.into() }],
        packs: vec![("h".into(), content.into())],
        ..Batch::default()
    };
    store.commit(&fence, &batch(b"first")).await.unwrap();
    store.commit(&fence, &batch(b"second")).await.unwrap();
    assert_eq!(store.file("h").await.unwrap().unwrap().content, b"first");
    assert_eq!(store.pack("h").await.unwrap().unwrap(), b"first");
    assert_eq!(store.pack_hashes().await.unwrap(), ["h"]);
    assert_eq!(store.file("x").await.unwrap(), None);
    assert_eq!(store.pack("x").await.unwrap(), None);
}

pub async fn timers_ring_in_order_and_go_when_dropped(place: Place) {
    let (store, fence) = place.writer().await;
    assert_eq!(store.next_timer().await.unwrap(), None);
    let mut rows: Vec<_> = (0..300).map(|id| put_case(case(id))).collect();
    rows.extend((0..300).map(|id| timer(id, "提醒", Some(1000 - (id as i64 / 2)))));
    rows.push(timer(5, "contact", Some(700)));
    store.commit(&fence, &Batch { rows, ..Batch::default() }).await.unwrap();
    assert_eq!(store.next_timer().await.unwrap(), Some(700));
    let due = store.timers_due(852, 100).await.unwrap();
    assert_eq!(due, [(700, 5, "contact".into()), (851, 298, "提醒".into()), (851, 299, "提醒".into())]);
    assert_eq!(store.timers_due(852, 2).await.unwrap(), due[..2]);
    assert_eq!(store.timers_due(851, 9).await.unwrap(), due[..1], "the moment itself has not passed");
    let rows =
        vec![timer(5, "contact", None), timer(299, "提醒", None), timer(298, "提醒", Some(5000)), timer(0, "no", None)];
    store.commit(&fence, &Batch { rows, ..Batch::default() }).await.unwrap();
    assert_eq!(store.timers_due(852, 9).await.unwrap(), []);
    assert_eq!(store.case(298).await.unwrap().unwrap().timers[0].at, 5000);
}

pub async fn sessions_drafts_and_operations_come_and_go(place: Place) {
    let (store, _) = place.writer().await;
    let session =
        |id: &str, expires| Session { id: id.into(), account: "li".into(), data: "{\"a\":1}".into(), expires };
    for (id, expires) in [("s1", 10), ("s2", 20), ("s1", 30)] {
        store.put_session(&session(id, expires)).await.unwrap();
    }
    assert_eq!(store.session("s1").await.unwrap(), Some(session("s1", 30)));
    assert_eq!(store.drop_sessions_ended(30).await.unwrap(), 1);
    assert_eq!(store.session("s2").await.unwrap(), None);
    store.drop_session("s1").await.unwrap();
    assert_eq!(store.session("s1").await.unwrap(), None);

    let draft = |id: &str, data: &str, updated| Draft {
        id: id.into(),
        owner: "甲".into(),
        procedure: "request".into(),
        data: data.into(),
        updated,
    };
    for (id, data, updated) in [("d1", "{}", 1), ("d2", "{}", 2), ("d1", "{\"文\":\"写\"}", 3)] {
        store.put_draft(&draft(id, data, updated)).await.unwrap();
    }
    assert_eq!(store.draft("d1").await.unwrap(), Some(draft("d1", "{\"文\":\"写\"}", 3)));
    let owned: Vec<_> = store.drafts_of("甲").await.unwrap().into_iter().map(|draft| draft.id).collect();
    assert_eq!(owned, ["d1", "d2"]);
    assert_eq!(store.drafts_of("乙").await.unwrap(), []);
    store.drop_draft("d1").await.unwrap();
    assert_eq!(store.draft("d1").await.unwrap(), None);

    for n in 0..5 {
        let account = (n % 2 == 0).then(|| "li".to_owned());
        store.log_operation(&Operation { at: 1, kind: "拒绝".into(), account, text: format!("行{n}") }).await.unwrap();
    }
    let latest = store.operations(2).await.unwrap();
    assert_eq!(latest.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["行4", "行3"]);
    assert_eq!(latest[1].account, None);
    assert_eq!(store.operations(99).await.unwrap().len(), 5);
}
