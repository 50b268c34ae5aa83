//! The record: no address edits or deletes it, and whoever changes the store behind the door is found.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::house::House;

/// Every address of the workbench, the portal and the public site that bears a record, with every method that could change it.
#[tokio::test]
async fn no_address_edits_or_deletes_a_record() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.filed("organisation").await;
    let before = house.standing(Some(case)).await;
    let seq = house.office.store().head(guiju_store::Log::Events).await.unwrap().unwrap().0 - 1;
    let addresses = [
        format!("/work/case/{case}"),
        format!("/work/case/{case}/receipt/{seq}"),
        format!("/work/case/{case}/act/file"),
        format!("/work/case/{case}/record/{seq}"),
        format!("/work/record/{seq}"),
        format!("/portal/matter/{case}"),
        "/public/log/tile/entries/000".to_owned(),
        "/public/log/checkpoint".to_owned(),
        "/public/ledger".to_owned(),
        "/work/register/officers/entry?key=inspector1".to_owned(),
    ];
    for who in ["registrar", "inspector1"] {
        let cookie = house.session(who).await;
        for address in &addresses {
            for method in [Method::PUT, Method::PATCH, Method::DELETE] {
                let request = Request::builder().method(method.clone()).uri(address).header(header::COOKIE, &cookie);
                let answer = house.send(request.body(Body::empty()).unwrap()).await;
                let no = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND];
                assert!(no.contains(&answer.status), "{method} {address} answers {who} {}", answer.status);
            }
        }
        // Nor does an act undo or rewrite what was done: the procedure has no such act.
        for act in ["delete", "edit", "undo", "remove"] {
            let page = house.get("inspector1", &format!("/work/case/{case}/act/{act}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{act}");
        }
    }
    assert_eq!(house.standing(Some(case)).await, before);
}

/// One letter changed in one record of the store, or one record taken out: the independent reader says so; untouched it says nothing.
#[tokio::test]
async fn a_changed_store_is_found() {
    for (change, harms) in [
        ("SELECT 1", false),
        ("UPDATE events SET bytes = replace(bytes, '屏蔽器', '对讲机') WHERE bytes LIKE '%屏蔽器%'", true),
        ("DELETE FROM events WHERE act = 'file'", true),
    ] {
        let house = House::open("2024-03-04 09:00").await;
        house.filed("organisation").await;
        let folder = house.closed().await;
        assert!(changed(folder.path(), change).await || !harms, "{change} changes nothing");
        let target = guiju_verify::Target::Data(folder.path().to_owned());
        let report = guiju_verify::verify(target, guiju_verify::Options::default()).await.unwrap();
        assert_eq!(report.ok, !harms, "{change}: {:?}", report.faults);
    }
}

/// Runs SQL on the folder's database behind everybody's back; whether any row was touched.
async fn changed(folder: &Path, sql: &str) -> bool {
    let options = SqliteConnectOptions::new().filename(folder.join("guiju.sqlite")).foreign_keys(false);
    let mut database = options.connect().await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    done.rows_affected() > 0
}
