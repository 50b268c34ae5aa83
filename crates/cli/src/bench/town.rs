//! An invented town for the benchmark of pages: its firms, its units, what firms ask for, and how far each case has come.
//!
//! The same number of cases gives the same town on every machine. Of a hundred cases seventy-six are old ones, brought along from
//! another system with one record each; sixteen went through all nine acts here and are settled; four are on somebody's desk; four are
//! penalties on the spot that were published.

use guiju_kernel::procedure::Person;
use guiju_kernel::validate::credit_code;
use guiju_pack::Pack;
use serde_json::{Map, Value, json};

use super::work;

/// Firms of the town; each case belongs to one of them.
pub const FIRMS: u64 = 5_000;

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

const SUBJECTS: [(&str, &str); 12] = [
    ("financing", "流动资金贷款续贷"),
    ("policy_funds", "技改补助尚未到账"),
    ("digital", "希望做数字化诊断"),
    ("radio", "车间无线设备受干扰"),
    ("land", "扩产需要工业用地"),
    ("taxes", "留抵退税进度咨询"),
    ("environment", "排污许可证变更"),
    ("logistics", "货车限行影响送货"),
    ("late_payment", "被拖欠货款"),
    ("market", "营业执照变更进度"),
    ("science", "申报高新技术企业"),
    ("other", "厂区供电不稳"),
];
const PRODUCTS: [&str; 16] = [
    "注塑件",
    "电动工具",
    "液压阀",
    "光纤连接器",
    "轴承",
    "传感器",
    "包装机械",
    "铝型材",
    "减速机",
    "电路板",
    "橡胶密封圈",
    "不锈钢紧固件",
    "新能源电池",
    "纺织面料",
    "数控机床",
    "医疗耗材",
];
const EFFECTS: [&str; 8] = [
    "影响本月交货",
    "造成生产线停机",
    "增加了经营成本",
    "员工反映较多",
    "客户已经催促",
    "拖延了扩产计划",
    "影响年底结算",
    "希望尽快协调",
];
const SINCE: [&str; 5] = ["近一个月", "上季度以来", "去年年底至今", "近两周", "节后"];

/// What a case is about and how far it has come.
#[derive(Debug, Clone)]
pub struct Matter {
    pub n: u64,
    pub party: String,
    /// `organ/unit` that handles it.
    pub unit: String,
    pub kind: &'static str,
    pub title: &'static str,
    pub text: String,
    pub stage: Stage,
    /// When it was filed: milliseconds before the moment that the seeding stands at.
    pub age: i64,
}

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Settled elsewhere, one record.
    Old,
    /// Settled here.
    Settled,
    /// On a desk, after so many of the acts.
    Open(usize),
    /// A penalty on the spot, published.
    Published,
}

/// The town.
#[derive(Default)]
pub struct Town {
    units: Vec<String>,
}

impl Town {
    /// Units of the pack that may handle requests: all but the leaderships and the request centre itself.
    pub fn of(pack: &Pack) -> Town {
        let units =
            pack.organs.iter().flat_map(|organ| organ.units.iter().map(|unit| format!("{}/{}", organ.id, unit.id)));
        let excluded = |path: &String| path.ends_with("/leadership") || path.ends_with("/request-centre");
        Town { units: units.filter(|path| !excluded(path)).take(24).collect() }
    }

    pub fn units(&self) -> &[String] {
        &self.units
    }

    /// The `n`-th case of `all`.
    pub fn matter(&self, n: u64, all: u64) -> Matter {
        let mut dice = Dice::of(n);
        let (kind, title) = pick(&SUBJECTS, &mut dice).unwrap_or(("other", ""));
        let (product, effect) = (pick(&PRODUCTS, &mut dice).unwrap_or(""), pick(&EFFECTS, &mut dice).unwrap_or(""));
        let since = pick(&SINCE, &mut dice).unwrap_or("");
        let (amount, days) = (dice.below(900) + 20, dice.below(60) + 3);
        let text = format!(
            "我司主要生产{product}，{since}{title}一事已办理{days}天没有结果，涉及金额约{amount}万元，{effect}，请协助。"
        );
        // Mostly by subject, as the real town has it; one in eight elsewhere.
        let at = if dice.below(8) == 0 {
            dice.below(1_000)
        } else {
            SUBJECTS.iter().position(|s| s.0 == kind).unwrap_or(0) as u64
        };
        let unit = usize::try_from(at).ok().and_then(|at| self.units.get(at % self.units.len().max(1)));
        let stage = match n % 25 {
            0 => Stage::Open(usize::try_from(dice.below(8)).unwrap_or(0) + 1),
            1..=4 => Stage::Settled,
            5 => Stage::Published,
            _ => Stage::Old,
        };
        let age = match stage {
            Stage::Old => 400 * DAY + i64::try_from(n.abs_diff(all)).unwrap_or(0) % (900 * DAY),
            Stage::Settled | Stage::Published => 60 * DAY + dice.up_to(300 * DAY),
            Stage::Open(acts) if acts >= 7 => 9 * DAY + dice.up_to(3 * DAY),
            Stage::Open(acts) if acts >= 3 => 2 * HOUR + dice.up_to(8 * DAY),
            Stage::Open(_) => dice.up_to(6 * HOUR),
        };
        let party = firm(dice.below(FIRMS));
        Matter { n, party, unit: unit.cloned().unwrap_or_default(), kind, title, text, stage, age }
    }
}

impl Matter {
    /// How long after the filing the `step`-th act was done.
    pub fn after(&self, step: usize) -> i64 {
        let spans = [0, 20, 40, 70, 300, 2_000, 4_000, 5_500, 6_000];
        let minutes: i64 = spans.get(step).copied().unwrap_or(6_000);
        // Young cases are handled faster than they are old.
        (minutes * 60_000).min(self.age * i64::try_from(step).unwrap_or(0) / 10)
    }

    pub fn who(&self, act: &str) -> Person {
        work::who(act, &self.party, &self.unit)
    }

    pub fn given(&self, act: &str) -> Map<String, Value> {
        let filed = json!({
            "enterprise": self.party, "types": [self.kind], "title": self.title, "description": self.text,
            "contact_name": "测试员", "contact_phone": format!("1990000{:04}", self.n % 10_000), "wants_reply_by": "phone",
        });
        let told = json!({
            "enterprise": self.party, "types": [self.kind], "title": self.title, "description": self.text,
            "lead_unit": self.unit, "answer_text": "原系统已答复。", "outcome": "solved", "satisfaction": "satisfied",
        });
        match (act, filed, told) {
            ("file", Value::Object(filed), _) => filed,
            ("record_history", _, Value::Object(told)) => told,
            _ => work::given(act, &self.party, &self.unit, self.n),
        }
    }
}

/// A code with a right check digit in a division that no registrar has.
pub fn firm(n: u64) -> String {
    let first = format!("91449999MC{n:07}");
    credit_code::complete(&first).map_or(first, |code| code.as_str().to_owned())
}

/// A firm as the register has it.
pub fn firm_entry(n: u64) -> Map<String, Value> {
    let product = PRODUCTS.get(usize::try_from(n % 16).unwrap_or(0)).copied().unwrap_or("");
    let fields = json!({
        "credit_code": firm(n), "name": format!("江海市{product}第{n}有限公司"), "size": "small", "sector": product,
        "address": format!("江海市测试路{n}号"), "contact_name": "测试员", "contact_phone": format!("1990000{:04}", n % 10_000),
    });
    match fields {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn pick<T: Copy>(of: &[T], dice: &mut Dice) -> Option<T> {
    let at = dice.below(u64::try_from(of.len()).unwrap_or(1));
    of.get(usize::try_from(at).unwrap_or(0)).copied()
}

/// SplitMix64 from a case's number on: each case is what it is whatever came before it.
pub struct Dice(u64);

impl Dice {
    pub fn of(n: u64) -> Dice {
        Dice(n.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }

    fn up_to(&mut self, n: i64) -> i64 {
        i64::try_from(self.below(u64::try_from(n).unwrap_or(0))).unwrap_or(0)
    }
}
