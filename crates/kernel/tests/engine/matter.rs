//! A small procedure that uses every element of the vocabulary at least once.

use std::collections::BTreeMap;

use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::*;
use guiju_kernel::procedure::guard::{ClockIs, Guard};
use jiff::civil::date;
use serde_json::json;

pub fn t(zh: &str, en: &str) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

fn field(name: &str, zh: &str, kind: FieldKind) -> Field {
    Field {
        name: name.into(),
        title: t(zh, name),
        hint: None,
        kind,
        visible: Visibility::Party,
        required_from: None,
        validate: Vec::new(),
        template: None,
        columns: Vec::new(),
    }
}

fn line(max: u32) -> FieldKind {
    FieldKind::Text { max, lines: 1 }
}

fn choice(value: &str, zh: &str) -> Choice {
    Choice { value: value.into(), title: t(zh, value), words: Vec::new(), unit: None, template: None }
}

fn fields() -> Vec<Field> {
    let topics = vec![choice("power", "用电"), choice("loan", "融资"), choice("staff", "用工")];
    let valid = |field: Field, validate: Vec<Validator>| Field { validate, ..field };
    vec![
        field("title", "标题", line(40)),
        valid(
            field("body", "内容", FieldKind::Text { max: 500, lines: 20 }),
            vec![Validator::Unclassified, Validator::MinLength(5)],
        ),
        field("topic", "类型", FieldKind::Enum { choices: topics.clone(), most: 1 }),
        field("topics", "其他类型", FieldKind::Enum { choices: topics, most: 2 }),
        valid(Field { visible: Visibility::Personal, ..field("phone", "联系电话", line(30)) }, vec![Validator::Phone]),
        valid(field("other_firm", "相对方", FieldKind::Party), vec![Validator::CreditCode]),
        field("station", "台站", FieldKind::Entry { register: "stations".into() }),
        field("photo", "照片", FieldKind::File { types: vec!["image/png".into()], max_bytes: 1000, most: 2 }),
        valid(field("happened", "发生日期", FieldKind::Date), vec![Validator::NotAfterAct]),
        valid(field("heard", "获知时间", FieldKind::DateTime), vec![Validator::NotAfterAct]),
        field("lead", "主办单位", FieldKind::Unit),
        field("with", "协办单位", FieldKind::List { of: Box::new(FieldKind::Unit), most: 3 }),
        field("reason", "理由", line(100)),
        field("fine", "拟处罚款", FieldKind::Money),
        field("complex", "情节复杂", FieldKind::Flag),
        field("staff_count", "人数", FieldKind::Integer { min: Some(0), max: Some(1_000_000) }),
        field(
            "items",
            "清单",
            FieldKind::Table {
                columns: vec![
                    Field { required_from: Some("filed".into()), ..field("code", "编号", line(10)) },
                    field("amount", "数量", FieldKind::Integer { min: None, max: None }),
                ],
                most: 5,
            },
        ),
        Field {
            required_from: Some("answered".into()),
            ..field("answer", "答复", FieldKind::Text { max: 500, lines: 9 })
        },
        field("source", "来源", line(10)),
    ]
}

fn state(name: &str, zh: &str, holder: Option<Holder>) -> State {
    State { name: name.into(), title: t(zh, name), start: name == "filed", end: None, holder }
}

fn states() -> Vec<State> {
    let end = |name: &str, zh: &str| State { end: Some(name.into()), ..state(name, zh, Some(Holder::Nobody)) };
    vec![
        state("filed", "已提交", Some(Holder::Unit("hall/desk".into()))),
        state("handling", "办理中", Some(Holder::Assigned)),
        state("waiting", "待补充", Some(Holder::Party)),
        state("answered", "已答复", None),
        state("closed", "已办结", Some(Holder::Nobody)),
        end("settled", "已了结"),
        end("declined", "不予受理"),
    ]
}

fn act(name: &str, zh: &str, from: &[&str], to: Option<&str>) -> Act {
    Act {
        name: name.into(),
        title: t(zh, name),
        from: from.iter().map(|from| ((*from).into(), Guard::Always)).collect(),
        to: to.map(Into::into),
        ..Act::default()
    }
}

pub fn officer(role: &str) -> ActorRule {
    ActorRule { role: Some(role.into()), count: 1, ..ActorRule::default() }
}

fn holder(role: &str) -> ActorRule {
    ActorRule { holder: true, ..officer(role) }
}

fn party() -> ActorRule {
    ActorRule { party: true, count: 1, ..ActorRule::default() }
}

fn timer() -> ActorRule {
    ActorRule { timer: true, count: 1, ..ActorRule::default() }
}

fn takes(required: &[&str], optional: &[&str]) -> Vec<Take> {
    let take = |required: bool| move |name: &&str| Take { field: (*name).into(), required };
    required.iter().map(take(true)).chain(optional.iter().map(take(false))).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).into()).collect()
}

fn issue(instrument: &str, on_receipt_starts: &[&str]) -> Issue {
    Issue {
        instrument: instrument.into(),
        title: t(instrument, instrument),
        on_receipt_starts: names(on_receipt_starts),
    }
}

fn done(name: &str) -> Guard {
    Guard::ActDone { name: name.into(), times: 1 }
}

fn notify(to: Audience) -> Notify {
    Notify { to, text: t("请查看", "please look") }
}

fn intake() -> Vec<Act> {
    let history =
        Act { records_history: true, by: vec![officer("clerk")], ..act("record_history", "登记历史", &[], None) };
    let optional =
        ["topic", "topics", "phone", "other_firm", "station", "photo", "happened", "heard", "staff_count", "items"];
    vec![
        Act {
            by: vec![party(), officer("clerk")],
            takes: takes(&["title", "body"], &optional),
            starts: names(&["accept"]),
            tags: names(&["filing"]),
            notifies: vec![notify(Audience::Unit("hall/desk".into()))],
            sets: BTreeMap::from([("source".into(), json!("web"))]),
            ..act("file", "提交", &[], Some("filed"))
        },
        history,
        Act {
            by: vec![officer("dispatcher")],
            takes: takes(&["reason"], &[]),
            basis: names(&["platform-rules#7"]),
            ..act("decline", "不予受理", &["filed"], Some("declined"))
        },
        Act {
            by: vec![officer("dispatcher")],
            takes: takes(&["lead"], &["with"]),
            assigns: Some(Assigns::Fields { lead: "lead".into(), with: Some("with".into()) }),
            starts: names(&["contact", "close", "sub"]),
            stops: names(&["accept"]),
            tags: names(&["dispatch"]),
            primary: true,
            ..act("dispatch", "派单", &["filed"], Some("handling"))
        },
        Act {
            by: vec![holder("handler")],
            takes: takes(&["reason"], &[]),
            assigns: Some(Assigns::Dispatcher),
            stops: names(&["contact"]),
            at_most: Some(AtMost {
                times: 2,
                reason: t("退回以两次为限，其后由总机构裁定", "two returns, then a ruling"),
            }),
            ..act("send_back", "退回", &["handling"], Some("filed"))
        },
    ]
}

fn handling() -> Vec<Act> {
    let pause = PauseBy { clock: "close".into(), cause: "supplement".into(), notice: Some("supplement-notice".into()) };
    vec![
        Act { by: vec![holder("handler")], takes_up: true, ..act("sign", "签收", &["handling"], None) },
        Act {
            by: vec![holder("handler")], stops: names(&["contact"]), ..act("contact", "联系", &["handling"], None)
        },
        Act { by: vec![holder("handler")], joins: true, ..act("join", "协办办结", &["handling"], None) },
        Act {
            by: vec![holder("handler")],
            issues: vec![issue("supplement-notice", &[])],
            pauses: vec![pause],
            ..act("ask", "要求补充", &["handling"], Some("waiting"))
        },
        Act {
            by: vec![party()],
            takes: takes(&[], &["photo", "body"]),
            resumes: names(&["close"]),
            answers: Some("supplied".into()),
            ..act("supply", "补充", &["waiting"], Some("handling"))
        },
        Act {
            by: vec![holder("head")],
            takes: takes(&["reason"], &[]),
            issues: vec![issue("extension-notice", &[])],
            extends: names(&["close"]),
            ..act("extend", "延长", &["handling"], None)
        },
        Act {
            by: vec![ActorRule { count: 2, card: Some("enforcement".into()), ..officer("investigator") }],
            takes: takes(&[], &["fine", "complex"]),
            tags: names(&["penalty.investigate"]),
            basis: names(&["administrative-penalty-law#42"]),
            ..act("investigate", "调查", &["handling"], None)
        },
        Act {
            by: vec![ActorRule {
                holds: Some("legal_qualification".into()),
                distinct_from: names(&["penalty.investigate"]),
                ..officer("reviewer")
            }],
            when: Guard::All(vec![done("penalty.investigate"), Guard::Fact("review_due".into())]),
            ..act("review", "法制审核", &["handling"], None)
        },
        Act {
            by: vec![timer()],
            raises_level: true,
            notifies: vec![notify(Audience::HolderRole("head".into()))],
            ..act("escalate", "催办升级", &["handling"], None)
        },
    ]
}

/// The answer goes into a register and each piece of the list into another; reopening ends the answer.
fn writes() -> (Vec<EntryWrite>, EntryWrite) {
    let entry = EntryWrite {
        register: "answers".into(),
        key: Source::Number,
        each: None,
        only_with: None,
        fields: BTreeMap::from([
            ("answer".into(), Source::Field("answer".into())),
            ("firm".into(), Source::Subject),
            ("at".into(), Source::Done),
            ("kind".into(), Source::Const(json!("reply"))),
        ]),
        ends: false,
    };
    let each = EntryWrite {
        register: "pieces".into(),
        key: Source::Field("code".into()),
        each: Some("items".into()),
        only_with: None,
        fields: BTreeMap::from([("amount".into(), Source::Field("amount".into())), ("case".into(), Source::Number)]),
        ends: false,
    };
    let withdrawn = EntryWrite { ends: true, fields: BTreeMap::new(), ..entry.clone() };
    (vec![entry, each], withdrawn)
}

fn answering() -> Vec<Act> {
    let (entries, withdrawn) = writes();
    let publish = PublicationDuty { what: "answer".into(), clock: "publish".into(), withheld: names(&["phone"]) };
    let refer = Spawn {
        subject: None,
        procedure: "inquiry".into(),
        act: "open".into(),
        fields: BTreeMap::from([("about".into(), Source::Field("title".into())), ("from".into(), Source::Number)]),
    };
    vec![
        Act {
            by: vec![holder("handler")],
            takes: takes(&["answer"], &[]),
            when: Guard::All(vec![
                Guard::Any(vec![done("contact"), Guard::PartyAnswered("supplied".into())]),
                Guard::PartsIn,
                Guard::Not(Box::new(Guard::Clock { name: "close".into(), is: ClockIs::Paused })),
            ]),
            stops: names(&["contact", "close"]),
            issues: vec![issue("answer-letter", &["objection"])],
            writes: entries,
            tags: names(&["answering"]),
            ..act("answer", "答复", &["handling"], Some("answered"))
        },
        Act {
            by: vec![officer("clerk")],
            receives: names(&["answer-letter"]),
            ..act("serve", "登记送达", &["answered"], None)
        },
        Act {
            by: vec![holder("handler")],
            when: Guard::Instrument { name: "answer-letter".into(), received: true },
            publishes: vec![publish],
            spawns: vec![refer],
            ..act("close", "办结", &["answered"], Some("closed"))
        },
        Act {
            by: vec![party()],
            new_round: true,
            raises_level: true,
            writes: vec![withdrawn],
            assigns: Some(Assigns::Level(names(&["hall/desk", "hall/chief"]))),
            when: Guard::Clock { name: "objection".into(), is: ClockIs::Running },
            starts: names(&["contact", "close"]),
            ..act("reopen", "没有解决", &["closed"], Some("handling"))
        },
        Act { by: vec![timer()], ..act("settle", "自动了结", &["closed"], Some("settled")) },
        Act {
            by: vec![officer("clerk"), party()],
            takes: takes(&["reason"], &[]),
            inner: true,
            ..act("note", "备注", &["filed", "handling", "waiting", "answered", "closed"], None)
        },
        Act {
            by: vec![officer("chief")],
            assigns: Some(Assigns::Unit("gov/sme".into())),
            ..act("rule", "裁定", &["filed"], Some("handling"))
        },
    ]
}

fn clock(name: &str, zh: &str, kind: ClockKind) -> ClockDef {
    ClockDef {
        name: name.into(),
        title: t(zh, name),
        kind,
        limit: format!("{name}.limit"),
        basis: Vec::new(),
        pause_causes: Vec::new(),
        extend: None,
        per_part: false,
        binds_holder: true,
    }
}

fn clocks() -> Vec<ClockDef> {
    let extend = Extend { by: "head".into(), times: 1, limit: "close.extension".into() };
    vec![
        clock("accept", "受理", ClockKind::Internal),
        clock("contact", "联系", ClockKind::Promised),
        ClockDef {
            pause_causes: names(&["supplement"]),
            extend: Some(extend),
            ..clock("close", "办结", ClockKind::Statutory)
        },
        ClockDef { per_part: true, ..clock("sub", "协办", ClockKind::Internal) },
        ClockDef { binds_holder: false, ..clock("objection", "异议", ClockKind::Statutory) },
        clock("publish", "公示", ClockKind::Statutory),
    ]
}

fn timers() -> Vec<TimerDef> {
    let on = |name: &str, clock: &str, per_mille, does| TimerDef {
        name: name.into(),
        title: t(name, name),
        at: Moment::Fraction { clock: clock.into(), per_mille },
        when: Guard::Always,
        does,
    };
    let remind = || TimerDoes::Remind(vec![notify(Audience::Holder)]);
    vec![
        on("half", "close", 500, remind()),
        on("overdue", "close", 1000, TimerDoes::Act("escalate".into())),
        on("sub_due", "sub", 1000, remind()),
        TimerDef {
            name: "window".into(),
            title: t("重开期满", "window"),
            at: Moment::After { act: "close".into(), param: "window.limit".into() },
            when: Guard::Not(Box::new(Guard::Level(9))),
            does: TimerDoes::Act("settle".into()),
        },
    ]
}

pub fn procedure() -> Procedure {
    Procedure {
        id: "matter".into(),
        realizes: None,
        title: t("诉求", "request"),
        in_force: InForce { from: date(2020, 1, 1), until: Some(date(2026, 1, 1)) },
        number: "诉〔{year}〕{seq:6}号".into(),
        subject: Subject::Party,
        headline: "title".into(),
        fields: fields(),
        terms: BTreeMap::from([("penalty.fine".into(), "fine".into()), ("penalty.complex".into(), "complex".into())]),
        states: states(),
        acts: intake().into_iter().chain(handling()).chain(answering()).collect(),
        clocks: clocks(),
        timers: timers(),
        courier: vec![Station { title: t("受理", "accepted"), states: names(&["filed"]) }],
    }
}
