//! What is refused, by which rule, and in words that say what would help.

use std::collections::BTreeSet;

use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{RefusalKind, lawful_acts};
use serde_json::{Value, json};

use super::fixture::{Desk, at, file, firm, who};

fn at_work() -> Desk {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    desk
}

fn filed_with(name: &str, value: Value) -> Result<Value, (String, Option<String>)> {
    let mut desk = Desk::new("2024-03-04T10:00");
    let mut given = json!({"title": "甲", "body": "内容内容内容"});
    given[name] = value;
    let proposal = desk.proposal("file", &["firm"], given);
    match desk.propose(&proposal) {
        Ok(decided) => Ok(decided.case.detail.fields.get(name).cloned().unwrap_or(Value::Null)),
        Err(refusal) => {
            assert_eq!(refusal.kind, RefusalKind::Field, "{refusal:?}");
            assert!(!refusal.why.zh.is_empty() && !refusal.why.en.is_empty());
            Err((refusal.rule, refusal.field))
        }
    }
}

#[test]
fn every_kind_of_field_takes_what_it_is_for_and_nothing_else() {
    for (name, good) in [
        ("topic", json!("power")),
        ("topics", json!(["loan", "staff"])),
        ("other_firm", json!("91350100M000100Y43")),
        ("station", json!("S-1")),
        ("happened", json!("2024-03-04")),
        ("heard", json!("2024-03-04T10:00:00.000+08:00")),
        ("staff_count", json!(0)),
        ("items", json!([{"code": "甲"}])),
    ] {
        assert_eq!(filed_with(name, good.clone()), Ok(good), "{name}");
    }
    for (name, bad, rule) in [
        ("topic", json!("weather"), "field.kind"),
        ("topic", json!(["power"]), "field.kind"),
        ("topics", json!(["loan", "loan"]), "field.kind"),
        ("topics", json!(["loan", "staff", "power"]), "field.kind"),
        ("other_firm", json!("91350100M000100Y44"), "field.credit_code"),
        ("phone", json!("1380000000a"), "field.phone"),
        ("station", json!("S-0"), "field.kind"),
        ("station", json!("S-9"), "field.kind"),
        ("happened", json!("2024-02-30"), "field.kind"),
        ("happened", json!("2024-03-05"), "field.not_after_act"),
        ("heard", json!("2024-03-04T10:00:00.001+08:00"), "field.not_after_act"),
        ("staff_count", json!(-1), "field.kind"),
        ("staff_count", json!(1.5), "field.kind"),
        ("staff_count", json!("12"), "field.kind"),
        ("items", json!([{"amount": 1}]), "field.rows"),
        ("items", json!([{"code": "甲", "colour": "red"}]), "field.rows"),
        ("items", json!({"code": "甲"}), "field.kind"),
        ("photo", json!("photo.png"), "field.kind"),
        ("title", json!("一\n二"), "field.kind"),
        ("title", json!("一".repeat(41)), "field.kind"),
        ("title", json!("\u{0}"), "field.kind"),
        ("title", json!("  "), "field.required"),
        ("body", json!("短"), "field.min_length"),
        ("body", json!("机密★10年\n报告内容"), "field.unclassified"),
        ("lead", json!("gov/sme"), "field.unknown"),
        ("nonsense", json!(1), "field.unknown"),
    ] {
        assert_eq!(filed_with(name, bad.clone()), Err((rule.into(), Some(name.into()))), "{name} {bad}");
    }
    assert_eq!(filed_with("topic", json!("")), Ok(Value::Null), "an empty field is no field");
}

#[test]
fn files_are_refused_by_type_size_number_and_place() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let mut proposal = desk.proposal("file", &["firm"], json!({"title": "甲", "body": "内容内容内容"}));
    for (files, rule) in [
        (vec![file("photo", 1_001)], "field.file.size"),
        (vec![file("photo", 1), file("photo", 2), file("photo", 3)], "field.file.most"),
        (vec![file("title", 1)], "field.unknown"),
    ] {
        proposal.files = files;
        assert_eq!(desk.propose(&proposal).unwrap_err().rule, rule);
    }
    proposal.files = vec![guiju_kernel::record::FileMark { media: "application/pdf".into(), ..file("photo", 1) }];
    assert_eq!(desk.propose(&proposal).unwrap_err().rule, "field.file.type");
}

#[test]
fn a_case_that_somebody_has_just_moved_is_a_conflict() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    let stale = desk.proposal("dispatch", &["dispatcher"], json!({"lead": "gov/power"}));
    desk.dispatch("gov/sme", &[]);
    let refusal = desk.propose(&stale).unwrap_err();
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Conflict, "case.version"));
    assert!(refusal.mend.unwrap().zh.contains("不会丢失"));
}

#[test]
fn the_state_and_its_guard_are_named_by_their_titles() {
    let mut desk = at_work();
    let refusal = desk.refuse("decline", &["dispatcher"], json!({"reason": "重复"}));
    assert_eq!(refusal.kind, RefusalKind::State);
    assert_eq!(refusal.why.zh, "本件现为“办理中”，不能“不予受理”");
    assert_eq!(refusal.mend.unwrap().zh, "“不予受理”须在“已提交”时办理");
    assert_eq!(refusal.article, ["platform-rules#7"]);
    assert_eq!(desk.refuse("fly", &["dispatcher"], json!({})).kind, RefusalKind::UnknownAct);
    assert_eq!(desk.refuse("file", &["firm"], json!({"title": "甲", "body": "内容内容内容"})).rule, "act.opens");
    desk.case = None;
    assert_eq!(desk.refuse("sign", &["sme"], json!({})).rule, "act.needs_case");
}

#[test]
fn who_may_act_is_role_desk_organ_and_party() {
    let mut desk = at_work();
    for (act, by, given, rule) in [
        ("contact", vec!["clerk"], json!({}), "actor.role"),
        ("contact", vec!["power"], json!({}), "actor.holder"),
        ("contact", vec!["firm"], json!({}), "actor.kind"),
        ("contact", vec!["sme", "sme"], json!({}), "actor.twice"),
        ("contact", vec!["sme", "power"], json!({}), "actor.holder"),
        ("contact", vec![], json!({}), "actor.nobody"),
        ("note", vec!["firm", "clerk"], json!({"reason": "备注"}), "actor.together"),
        ("note", vec!["user-91350100M000100Y44"], json!({"reason": "备注"}), "actor.party"),
        ("note", vec!["sme"], json!({"reason": "备注"}), "actor.role"),
        ("escalate", vec!["chief"], json!({}), "actor.kind"),
    ] {
        let refusal = desk.refuse(act, &by, given);
        assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Actor, rule), "{act} {by:?}");
    }
    let refusal = desk.refuse("contact", &["power"], json!({}));
    assert_eq!(refusal.why.zh, "“联系”由承办单位办理，本件现由中小企业科承办");
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    let refusal = desk.refuse("dispatch", &["clerk"], json!({"lead": "gov/sme"}));
    assert!(refusal.why.zh.contains("派单员"), "{}", refusal.why.zh);
    let mut proposal = desk.proposal("dispatch", &["dispatcher"], json!({"lead": "gov/sme"}));
    proposal.by[0].organ = Some("county".into());
    assert_eq!(desk.propose(&proposal).unwrap_err().rule, "actor.organ");
}

#[test]
fn two_carded_inspectors_are_two_persons_with_cards_valid_that_day() {
    let mut desk = at_work();
    for (by, rule) in [
        (vec!["inspector-1"], "actor.count"),
        (vec!["inspector-1", "inspector-old"], "actor.card"),
        (vec!["inspector-1", "sme"], "actor.role"),
    ] {
        assert_eq!(desk.refuse("investigate", &by, json!({})).rule, rule, "{by:?}");
    }
    let mut proposal = desk.proposal("investigate", &["inspector-1", "inspector-2"], json!({}));
    proposal.by[1].cards[0].until = jiff::civil::date(2024, 3, 4);
    let refusal = desk.propose(&proposal).unwrap_err();
    assert_eq!(refusal.rule, "actor.card", "the day on which a card ends is not covered");
    assert_eq!(refusal.article, ["administrative-penalty-law#42"]);
    proposal.by[1].cards[0].until = jiff::civil::date(2024, 3, 5);
    proposal.by[1].cards[0].area = "别市".into();
    assert_eq!(desk.propose(&proposal).unwrap_err().rule, "actor.card");
    proposal.by[1].cards[0].area = "江州".into();
    let decided = desk.propose(&proposal).unwrap();
    assert_eq!(decided.record.consulted["cards"].as_array().unwrap().len(), 2);
}

#[test]
fn a_reviewer_has_no_part_in_the_investigation() {
    let mut desk = at_work();
    let refusal = desk.refuse("review", &["lawyer"], json!({}));
    assert!(refusal.why.zh.contains("须先办理“调查”"), "{}", refusal.why.zh);
    desk.act("investigate", &["inspector-1", "lawyer"], json!({"complex": true, "fine": 1}));
    let refusal = desk.refuse("review", &["lawyer"], json!({}));
    assert_eq!(refusal.rule, "actor.distinct");
    assert!(refusal.why.zh.contains("您办理过本件的“调查”"), "{}", refusal.why.zh);
    let mut other = desk.proposal("review", &["lawyer"], json!({}));
    other.by[0].id = "other".into();
    other.by[0].qualifications = BTreeSet::new();
    assert_eq!(desk.propose(&other).unwrap_err().rule, "actor.qualification");
    other.by[0].qualifications.insert("legal_qualification".into());
    other.by[0].recused.insert(desk.case().subject.clone().unwrap());
    assert_eq!(desk.propose(&other).unwrap_err().rule, "actor.recused");
    other.by[0].recused.clear();
    let decided = desk.propose(&other).unwrap();
    assert_eq!(decided.record.consulted["params"]["hearing.threshold"]["value"], 10_000_000);
}

#[test]
fn a_threshold_is_said_in_yuan() {
    let mut desk = at_work();
    desk.act("investigate", &["inspector-1", "inspector-2"], json!({"fine": 9_999_999}));
    let refusal = desk.refuse("review", &["lawyer"], json!({}));
    assert_eq!(refusal.rule, "act.review.when");
    assert!(refusal.why.zh.contains("“拟处罚款”须不少于 100000.00 元"), "{}", refusal.why.zh);
    assert!(refusal.why.zh.contains("或者“情节复杂”须为“是”"), "{}", refusal.why.zh);
}

/// A fact of a statute is named by its title, and of its parts only those that decide it here.
#[test]
fn a_fact_is_named_with_what_decides_it() {
    let mut desk = at_work();
    desk.act("investigate", &["inspector-1", "inspector-2"], json!({"fine": 1}));
    let refusal = desk.refuse("review", &["lawyer"], json!({}));
    assert_eq!(
        refusal.why.zh,
        "现在不能“法制审核”：须属于“应当法制审核”（“拟处罚款”须不少于 100000.00 元或者“情节复杂”须为“是”）"
    );
    let not_due = || Guard::Not(Box::new(Guard::Fact("review_due".into())));
    let without = |fields: serde_json::Value| {
        let mut desk = at_work();
        desk.act("investigate", &["inspector-1", "inspector-2"], fields);
        desk.def.acts.iter_mut().find(|act| act.name == "review").unwrap().when = not_due();
        desk.refuse("review", &["lawyer"], json!({}))
    };
    let fine = without(json!({"fine": 10_000_000}));
    assert_eq!(fine.why.zh, "现在不能“法制审核”：须不属于“应当法制审核”（“拟处罚款”须少于 100000.00 元）");
    assert_eq!(fine.further(), None, "the sentence says it already");
    let both = without(json!({"fine": 10_000_000, "complex": true}));
    assert!(both.why.zh.ends_with("（“拟处罚款”须少于 100000.00 元，并且“情节复杂”不得为“是”）"), "{}", both.why.zh);
    assert!(both.why.en.contains("must not apply (`") && both.why.en.contains(" and `"), "{}", both.why.en);
    let state = desk.refuse("decline", &["clerk"], json!({"reason": "不属本处职责范围"}));
    assert!(state.further().is_some(), "a way that the sentence does not name is said beside it");
}

#[test]
fn what_a_state_requires_is_there_before_it_is_entered() {
    let mut desk = at_work();
    desk.def.acts.iter_mut().find(|act| act.name == "answer").unwrap().takes.clear();
    desk.act("contact", &["sme"], json!({}));
    let refusal = desk.refuse("answer", &["sme"], json!({}));
    assert_eq!((refusal.rule.as_str(), refusal.field.as_deref()), ("field.required_from", Some("answer")));
}

#[test]
fn a_unit_cannot_lead_and_co_handle() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    let refusal = desk.refuse("dispatch", &["dispatcher"], json!({"lead": "gov/sme", "with": ["gov/sme"]}));
    assert_eq!((refusal.rule.as_str(), refusal.field.as_deref()), ("assign.lead_and_with", Some("with")));
}

#[test]
fn a_case_needs_its_subject_and_a_version_in_force() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let mut proposal = desk.proposal("file", &["clerk"], json!({"title": "甲", "body": "内容内容内容"}));
    proposal.subject = None;
    assert_eq!(desk.propose(&proposal).unwrap_err().rule, "subject");
    let mut late = Desk::new("2026-01-01T00:00");
    let proposal = late.proposal("file", &["firm"], json!({"title": "甲", "body": "内容内容内容"}));
    assert_eq!(late.propose(&proposal).unwrap_err().rule, "procedure.in_force");
}

#[test]
fn a_clock_before_the_calendar_is_refused() {
    let mut desk = Desk::new("2006-06-01T10:00");
    desk.def.in_force.from = jiff::civil::date(2000, 1, 1);
    let refusal = desk.refuse("file", &["firm"], json!({"title": "甲", "body": "内容内容内容"}));
    assert_eq!(refusal.kind, RefusalKind::Clock);
    assert!(refusal.why.zh.contains("2007"), "{}", refusal.why.zh);
}

#[test]
fn buttons_say_what_is_possible_and_why_the_rest_is_not() {
    let mut desk = at_work();
    let lawful = lawful_acts(&desk.def, desk.case.as_ref(), &who("sme"), &desk.ctx());
    let open: Vec<&str> = lawful.iter().filter(|l| l.refusal.is_none()).map(|l| l.act.as_str()).collect();
    assert_eq!(open, ["send_back", "sign", "contact", "ask"]);
    let join = lawful.iter().find(|l| l.act == "join").unwrap().refusal.clone().unwrap();
    assert_eq!(join.rule, "actor.co_handler");
    assert!(lawful.iter().all(|l| l.act != "escalate" && l.act != "record_history" && l.act != "file"));
    let opening = lawful_acts(&desk.def, None, &firm("91350100M000100Y43"), &desk.ctx());
    assert_eq!(opening.len(), 1);
    assert!(opening[0].refusal.is_none());
    let answer = lawful.iter().find(|l| l.act == "answer").unwrap().refusal.clone().unwrap();
    assert!(answer.mend.unwrap().en.contains("has to come first"));
    let one = lawful_acts(&desk.def, desk.case.as_ref(), &who("inspector-1"), &desk.ctx());
    assert!(one.iter().find(|l| l.act == "investigate").unwrap().refusal.is_none(), "the second is named in the form");
    desk.later("2024-03-04T10:30");
    assert_eq!(desk.now, at("2024-03-04T10:30"));
}
