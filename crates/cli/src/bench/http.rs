//! How many requests are filed a second by browsers, each waiting for its receipt's address?
//!
//! Eight firms, signed in, each over a connection of its own to a server in this process: what is measured is everything between a
//! form's last button and the answer that names the receipt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use guiju_pack::Pack;
use serde_json::{Value, json};

use super::browser::Browser;
use super::site::{PASSWORD, Site};
use super::town;
use super::work::PROCEDURE;
use crate::Fault;

/// Requests filed a second by so many clients at once.
pub async fn filed(folder: &std::path::Path, pack: &Pack, clients: u64, time: Duration) -> Result<f64, Fault> {
    let site = Site::open(folder, pack).await?;
    for client in 0..clients {
        enrol(&site, client).await?;
    }
    let (counting, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let filed = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for client in 0..clients {
        let browser = Browser::signed_in(site.address, &account(client), PASSWORD).await?;
        tasks.push(tokio::spawn(file_until(browser, client, counting.clone(), ended.clone(), filed.clone())));
    }
    tokio::time::sleep(super::acts::WARM_UP).await;
    let begun = Instant::now();
    counting.store(true, Ordering::Relaxed);
    tokio::time::sleep(time).await;
    counting.store(false, Ordering::Relaxed);
    let took = begun.elapsed();
    ended.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    site.close().await?;
    Ok(filed.load(Ordering::Relaxed) as f64 / took.as_secs_f64())
}

fn account(client: u64) -> String {
    format!("bench-firm-{client}")
}

/// A firm and its account enter the registers.
async fn enrol(site: &Site, client: u64) -> Result<(), Fault> {
    let party = town::firm(client);
    site.put("enterprises", &party, Value::Object(town::firm_entry(client))).await?;
    let fields = json!({ "account": account(client), "name": "测试员", "party": party });
    site.account(&account(client), fields).await
}

/// Files one request after another.
async fn file_until(
    mut browser: Browser,
    client: u64,
    counting: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
    filed: Arc<AtomicU64>,
) -> Result<(), Fault> {
    let csrf = browser.open(&format!("/portal/file/{PROCEDURE}")).await?.hidden("_csrf")?;
    let path = format!("/portal/file/{PROCEDURE}/all");
    let party = town::firm(client);
    let town = town::Town::default();
    let mut n = 0u64;
    while !ended.load(Ordering::Relaxed) {
        let matter = town.matter(client * 1_000_000 + n, 0);
        let once = format!("http-{client}-{n}");
        let form = [
            ("_csrf", csrf.as_str()),
            ("_once", once.as_str()),
            ("enterprise", party.as_str()),
            ("types", matter.kind),
            ("title", matter.title),
            ("description", matter.text.as_str()),
            ("contact_name", "测试员"),
            ("contact_phone", "19900000000"),
            ("wants_reply_by", "phone"),
        ];
        let answer = browser.post(&path, &form).await?;
        if !answer.leads("filing")?.starts_with("/portal/receipt/") {
            return Err(answer.unexpected("filing"));
        }
        filed.fetch_add(u64::from(counting.load(Ordering::Relaxed)), Ordering::Relaxed);
        n += 1;
    }
    Ok(())
}
