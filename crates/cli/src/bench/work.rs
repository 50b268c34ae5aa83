//! The work that is measured: whole lives of requests, each act asked as the web asks it.
//!
//! Nobody acts alike: firms file, a dispatcher accepts and dispatches, a unit contacts, plans, answers and closes, somebody calls
//! back, the firm rates. Every act bears a form's token and the version that its page showed, as acts from browsers do.

use guiju_kernel::procedure::Person;
use guiju_kernel::record::{ActorKind, Origin};
use guiju_kernel::validate::credit_code;
use guiju_office::{Answer, Ask, Office, OfficeError, Target};
use serde_json::{Map, Value, json};

use crate::Fault;

pub const PROCEDURE: &str = "enterprise-request";
/// Where requests are accepted and dispatched.
pub const CENTRE: &str = "jh-miit/request-centre";
/// The unit that handles what the clients file.
const UNIT: &str = "jh-miit/sme";

/// The acts of one request from its filing to its rating.
pub const ACTS: [&str; 9] = ["file", "accept", "dispatch", "contact", "plan", "answer", "close", "call_back", "rate"];

/// One client: does one request after another, each act after the answer to the one before.
pub struct Client {
    number: u64,
    requests: u64,
    step: usize,
    at: Option<(u64, u64)>,
    run: String,
}

impl Client {
    /// `run` keeps the tokens of one run apart from those of another on the same data.
    pub fn new(run: &str, number: u64) -> Client {
        Client { number, requests: 0, step: 0, at: None, run: run.to_owned() }
    }

    /// Does the next act and waits until it is durable; answers its sequence number.
    pub async fn act(&mut self, office: &Office) -> Result<u64, Fault> {
        let answer = office.act(self.ask()).await?;
        self.answered(answer)
    }

    /// The next act.
    pub fn ask(&self) -> Ask {
        let act = ACTS.get(self.step).copied().unwrap_or("file");
        let party = firm(self.number, self.requests);
        let target = match self.at {
            Some((id, seen)) => Target::Case { id, seen: Some(seen) },
            None => Target::New { procedure: PROCEDURE.to_owned(), subject: Some(party.clone()) },
        };
        Ask {
            target,
            act: act.to_owned(),
            by: vec![who(act, &party, UNIT)],
            done: None,
            origin: Origin::Own,
            given: given(act, &party, UNIT, self.number.wrapping_mul(31).wrapping_add(self.requests)),
            files: Vec::new(),
            history: None,
            once: Some(format!("{}-{}-{}-{act}", self.run, self.number, self.requests)),
        }
    }

    /// Takes the answer and moves on to the next act.
    pub fn answered(&mut self, answer: Answer) -> Result<u64, Fault> {
        let done = match answer {
            Answer::Done(done) => done,
            Answer::Refused(refusal) => return Err(refused(&refusal.why.zh)),
        };
        self.at = Some((done.case, done.seq));
        self.step += 1;
        if self.step == ACTS.len() {
            (self.step, self.at) = (0, None);
            self.requests += 1;
        }
        Ok(done.seq)
    }
}

fn refused(why: &str) -> Fault {
    OfficeError::Input(format!("the work that is measured was refused: {why}")).into()
}

/// A code with a right check digit in a division that no registrar has. A firm files a hundred requests.
fn firm(client: u64, request: u64) -> String {
    let first = format!("91449999MB{:07}", (client * 1_000 + request / 100) % 10_000_000);
    credit_code::complete(&first).map_or(first, |code| code.as_str().to_owned())
}

/// Who does an act of a case that this unit handles for this party.
pub fn who(act: &str, party: &str, unit: &str) -> Person {
    match act {
        "file" | "rate" => person(ActorKind::Party, party, None, &[], Some(party)),
        "accept" | "dispatch" => person(ActorKind::Officer, "bench-dispatcher", Some(CENTRE), &["dispatcher"], None),
        "call_back" => person(ActorKind::Officer, "bench-callback", Some(CENTRE), &["callback"], None),
        _ => person(ActorKind::Officer, &format!("bench-{unit}"), Some(unit), &["handler"], None),
    }
}

/// Somebody who acts; `unit` is `organ/unit`.
pub fn person(kind: ActorKind, id: &str, unit: Option<&str>, roles: &[&str], party: Option<&str>) -> Person {
    let (organ, unit) = unit.and_then(|path| path.split_once('/')).unzip();
    Person {
        organ: organ.map(str::to_owned),
        unit: unit.map(str::to_owned),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        party: party.map(str::to_owned),
        ..Person::plain(kind, id.to_owned())
    }
}

const MATTERS: [(&str, &str, &str); 4] = [
    (
        "policy_funds",
        "技改补助尚未到账",
        "我司去年完成了生产线改造并通过验收，补助资金已公示，至今没有到账，影响后续设备采购，请协助了解拨付进度和还需要补充的材料。",
    ),
    (
        "financing",
        "流动资金贷款续贷",
        "我司订单增加，流动资金贷款将于下月到期，希望无还本续贷，银行要求补充担保，请协助对接融资担保机构。",
    ),
    (
        "digital",
        "希望做数字化诊断",
        "我司注塑车间有设备三十余台，数据靠人工抄表，希望安排服务商做一次数字化转型诊断，并说明诊断费用的补贴办法。",
    ),
    (
        "radio",
        "车间无线扫码设备受干扰",
        "车间无线扫码枪近一个月时常掉线，更换设备后没有好转，怀疑附近有大功率设备干扰，请派人监测排查。",
    ),
];

/// What is given with an act.
pub fn given(act: &str, party: &str, unit: &str, n: u64) -> Map<String, Value> {
    let matter = usize::try_from(n % 4).ok().and_then(|at| MATTERS.get(at));
    let (kind, title, text) = matter.copied().unwrap_or(("policy_funds", "", ""));
    let value = match act {
        "file" => json!({
            "enterprise": party, "types": [kind], "title": title, "description": format!("{text}（第{n}次反映）"),
            "contact_name": "测试员", "contact_phone": format!("1990000{:04}", n % 10_000), "wants_reply_by": "phone",
        }),
        "dispatch" => json!({ "lead_unit": unit }),
        "contact" => json!({ "contact_note": "已电话联系企业，核实了情况，约定三日内答复。" }),
        "plan" => json!({ "plan_text": "先核对材料，再会同有关单位研究，三日内给出明确意见。" }),
        "answer" => {
            json!({ "answer_text": "经核实，所反映的事项已协调有关单位办理，进度和联系人已告知企业，后续由专人跟进。" })
        }
        "close" => json!({ "outcome": "solved" }),
        "call_back" => json!({ "satisfaction": "satisfied" }),
        "rate" => json!({ "rating": 5 }),
        _ => Value::Null,
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
