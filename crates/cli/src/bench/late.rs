//! Licences that nobody decided in time: what the leadership of the benchmark's town is warned of.

use guiju_kernel::record::{ActorKind, Origin};
use guiju_kernel::time::{from_millis, to_millis};
use guiju_office::{Answer, Ask, Office, Target, Upload};
use serde_json::json;

use super::town;
use super::work::person;
use crate::Fault;

/// How many there are: more than one look takes from a desk.
const LATE: u64 = 60;
/// How long ago they were applied for, in milliseconds: by now their statutory limit is over whatever holidays lay between.
const AGO: i64 = 120 * 86_400_000;

/// Applications that were taken down at the counter long ago. Nobody answered them, so that the law counts them as taken in.
pub async fn licences(office: &Office) -> Result<(), Fault> {
    let done = from_millis(to_millis(office.now()) - AGO)?;
    for n in 0..LATE {
        let party = town::firm(n);
        let station = json!({
            "name": "试验站", "site": "江海市临江区1号", "frequency": "1800MHz", "power": "20W", "type_approval": "CMIIT00001",
            "valid_until": "2026-12-31",
        });
        let given = json!({
            "enterprise": party, "title": "基站执照", "category": "base", "stations": [station], "contact_name": "测试员",
            "contact_phone": "19900000000",
        });
        let serde_json::Value::Object(given) = given else { continue };
        let ask = Ask {
            target: Target::New { procedure: "station-licence".to_owned(), subject: Some(party) },
            act: "apply_for".to_owned(),
            by: vec![person(ActorKind::Officer, "bench-radio", Some("jh-miit/radio"), &["officer", "handler"], None)],
            done: Some(done),
            origin: Origin::Own,
            given,
            files: ["technical_plan", "staff_note"].map(paper).to_vec(),
            history: None,
            once: None,
        };
        if let Answer::Refused(refusal) = office.act(ask).await? {
            return Err(format!("an application was refused: {}", refusal.why.zh).into());
        }
    }
    office.ring(None).await?;
    Ok(())
}

fn paper(field: &str) -> Upload {
    Upload {
        field: field.to_owned(),
        name: "材料.pdf".to_owned(),
        media: "application/pdf".to_owned(),
        content: b"%PDF-1.4\n%%EOF\n".to_vec(),
    }
}
