//! Unlawful histories, planted one by one in lawful ones: each is found, named by the constraint that it breaks and by no other.

use guiju_pack::Pack;
use serde_json::{Value, json};

use crate::desk::{Desk, found};
use crate::rows::{ORDINARY, Planted, REVIEWED, called, code, heard, inspection, ordinary, row, with};
use crate::sheet::{self, Row};

const ENFORCEMENT: &str = "provincial-enforcement";
const RADIO: &str = "provincial-radio";

/// The card of 粤J20004 ended on 15 January 2024, the others run to 2026.
fn officers(desk: &Desk) {
    let rows = "账号,姓名,科室,执法证号,执法区域,有效期起,失效日期,资格\n\
        lu,陆甲,无线电科,粤J20001,江海市,2023-01-01,2026-01-01,\n\
        chen,陈乙,无线电科,粤J20002,江海市,2023-01-01,2026-01-01,\n\
        late,迟丙,无线电科,粤J20004,江海市,2023-01-01,2024-01-15,\n\
        bao,包丁,民爆安全科,粤J20011,江海市,2023-01-01,2026-01-01,\n\
        cao,曹戊,民爆安全科,粤J20012,江海市,2023-01-01,2026-01-01,\n\
        shen,沈己,法规科,粤J20021,江海市,2023-01-01,2026-01-01,法律职业资格\n";
    let file = desk.file("officers.csv");
    std::fs::write(&file, rows).unwrap();
    let (status, said) = desk.json(&["import", "officers", file.to_str().unwrap()]);
    assert_eq!((status, &said["bad"]), (0, &0.into()), "{said}");
}

fn import(desk: &Desk, platform: &str, procedure: &str, rows: &[Row]) {
    let file = desk.file(&format!("{procedure}.xlsx"));
    let export = sheet::export(&Pack::embedded().unwrap(), platform, procedure);
    sheet::write(&file, &sheet::headings(&export), rows);
    let (status, said) = desk.import(platform, procedure, &file, &[]);
    assert_eq!((status, &said["written"]), (0, &rows.len().into()), "{said}");
}

fn finds(audit: &Value, number: &str, constraints: &[&str]) {
    assert_eq!(found(audit, number), constraints, "{number}: {audit}");
}

#[test]
fn unlawful_penalties_are_found() {
    let desk = Desk::new();
    officers(&desk);
    let mut rows: Vec<Row> =
        ORDINARY.iter().map(|(id, changes, _)| with(&ordinary(), called("案件编号", id), changes)).collect();
    let reviewed = |id, more: &[(&str, &str)]| {
        with(&with(&ordinary(), called("案件编号", id), &REVIEWED), called("案件编号", id), more)
    };
    rows.push(reviewed("R-lawful", &[("审核人员证号", "粤J20021")]));
    rows.push(reviewed("R-own-case", &[("调查人员证号", "粤J20001、粤J20021"), ("审核人员证号", "粤J20021")]));
    rows.push(reviewed("R-unqualified", &[("审核人员证号", "粤J20011")]));
    rows.push(with(
        &ordinary(),
        called("案件编号", "R-none"),
        &[("是否复杂重大", "是"), ("集体讨论时间", "2024-03-19 08:00")],
    ));
    rows.push(heard("H-lawful", &[]));
    let unheard = [
        ("通知听证时间", ""),
        ("听证通知书送达时间", ""),
        ("公告听证时间", ""),
        ("举行听证时间", ""),
        ("听证人员证号", ""),
    ];
    rows.push(heard("H-not-held", &unheard));
    rows.push(heard("H-by-investigator", &[("听证人员证号", "粤J20021、粤J20001、粤J20012")]));
    rows.push(heard("H-too-soon", &[("举行听证时间", "2024-03-26 09:00")]));
    rows.push(heard("H-two-only", &[("听证人员证号", "粤J20021、粤J20011")]));
    import(&desk, ENFORCEMENT, "penalty-ordinary", &rows);
    let (status, audit) = desk.audit();
    assert_eq!(status, 1, "{audit}");
    for (id, _, constraints) in ORDINARY {
        finds(&audit, id, constraints);
    }
    finds(&audit, "R-lawful", &[]);
    finds(&audit, "R-own-case", &["reviewer-did-not-investigate"]);
    finds(&audit, "R-unqualified", &["reviewers-qualified"]);
    finds(&audit, "R-none", &["reviewed-where-due"]);
    finds(&audit, "H-lawful", &[]);
    finds(&audit, "H-not-held", &["heard-if-asked"]);
    finds(&audit, "H-by-investigator", &["panel-did-not-investigate"]);
    finds(&audit, "H-too-soon", &["seven-days-to-prepare"]);
    finds(&audit, "H-two-only", &["panel-of-three"]);
    in_words(&audit);
    desk.verify();
    kept_in_time(&desk);
}

/// The clocks of mirrored cases stand still where the law lets them: figures about kept limits agree with the audit.
fn kept_in_time(desk: &Desk) {
    let period =
        ["figures", "--from", "2024-01-01", "--until", "2024-12-05", "--rows", "--id", "penalty.decided_in_time"];
    let (status, counted) = desk.json(&period);
    assert_eq!(status, 0, "{counted}");
    let rows = counted["figures"][0]["rows"].as_array().unwrap();
    let met = |number: &str| rows.iter().find(|row| row["number"] == number).map(|row| row["met"].clone());
    assert_eq!((met("O-tested"), met("H-lawful")), (Some(true.into()), Some(true.into())), "{counted}");
    assert_eq!(met("O-ninety-days"), Some(false.into()), "{counted}");
}

/// A finding says in both languages what was done when, with the article, and the records that break it.
fn in_words(audit: &Value) {
    let findings = audit["findings"].as_array().unwrap();
    let early = findings.iter().find(|one| one["number"] == "O-too-early").unwrap();
    assert_eq!(
        (&early["statute"], &early["article"], &early["origin"]),
        (&json!("miit-penalty-procedure"), &json!("35"), &json!("mirror"))
    );
    assert_eq!(
        early["why"]["zh"],
        "“处罚决定”（2024-03-18 17:00）早于“告知书送达”（2024-03-11 15:00）之后的 5个工作日：2024-03-19 00:00 期满"
    );
    let acts: Vec<&str> = early["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["notice_served", "decide"]);
    assert!(early["acts"][1]["record"].as_u64().unwrap() > early["acts"][0]["record"].as_u64().unwrap());
    let expired = findings.iter().find(|one| one["number"] == "O-expired-card").unwrap();
    assert!(
        expired["why"]["en"].as_str().unwrap().contains("`Investigate` (2024-03-05 10:00) late had no card"),
        "{expired}"
    );
}

#[test]
fn unlawful_penalties_on_the_spot_are_found() {
    let desk = Desk::new();
    officers(&desk);
    let base = row(&[
        ("当事人统一社会信用代码", &code(2)),
        ("当事人类型", "企业"),
        ("案由", "使用过期的对讲机频率"),
        ("是否出示证件", "是"),
        ("处罚种类", "罚款"),
        ("罚款金额", "3000"),
        ("没收金额", "0"),
        ("发现时间", "2024-05-06 09:00"),
        ("发现人员证号", "粤J20001、粤J20002"),
        ("当场告知时间", "2024-05-06 09:10"),
        ("当场告知人员证号", "粤J20001、粤J20002"),
        ("当场处罚时间", "2024-05-06 09:20"),
        ("当场处罚人员证号", "粤J20001、粤J20002"),
        ("当场交付时间", "2024-05-06 09:25"),
        ("报备时间", "2024-05-07"),
        ("缴款时间", "2024-05-08"),
        ("处罚公示时间", "2024-05-09"),
        ("结案时间", "2024-05-10"),
    ]);
    let planted: [Planted<'_>; 6] = [
        ("S-lawful", &[], &[]),
        ("S-too-much", &[("罚款金额", "3000.01")], &["spot-penalties-within-limits"]),
        ("S-citizen", &[("当事人类型", "公民"), ("罚款金额", "200.50")], &["spot-penalties-within-limits"]),
        ("S-confiscated", &[("没收金额", "500")], &["spot-penalties-within-limits"]),
        ("S-reported-late", &[("报备时间", "2024-05-10"), ("结案时间", "2024-05-11")], &["spot-penalties-reported"]),
        ("S-alone", &[("当场处罚人员证号", "粤J20002")], &["two-officers-decide-on-the-spot"]),
    ];
    let rows: Vec<Row> =
        planted.iter().map(|(id, changes, _)| with(&base, called("处罚决定书文号", id), changes)).collect();
    import(&desk, ENFORCEMENT, "penalty-simplified", &rows);
    let (_, audit) = desk.audit();
    planted.iter().for_each(|(id, _, constraints)| finds(&audit, id, constraints));
}

#[test]
fn unlawful_inspections_are_found_and_bad_rows_are_named() {
    let desk = Desk::new();
    officers(&desk);
    let planted: [Planted<'_>; 5] = [
        ("I-lawful", &[], &[]),
        ("I-unapproved", &[("检查批准时间", "")], &["approved-before-the-visit"]),
        ("I-approved-after", &[("检查批准时间", "2024-03-05 10:00")], &["approved-before-the-visit"]),
        ("I-no-card", &[("是否出示证件", "否")], &["cards-shown-on-site"]),
        (
            "I-published-late",
            &[("检查结果公示时间", "2024-04-08"), ("任务归档时间", "2024-04-09")],
            &["results-published"],
        ),
    ];
    let rows: Vec<Row> =
        planted.iter().map(|(id, changes, _)| with(&inspection(), called("检查任务编号", id), changes)).collect();
    import(&desk, ENFORCEMENT, "inspection", &rows);
    let (_, audit) = desk.audit();
    planted.iter().for_each(|(id, _, constraints)| finds(&audit, id, constraints));

    let bad: [Row; 4] = [
        with(&inspection(), called("检查任务编号", "B-date"), &[("任务创建时间", "2024年13月1日")]),
        with(&inspection(), called("检查任务编号", "B-choice"), &[("检查类型", "随便看看")]),
        with(
            &inspection(),
            called("检查任务编号", "B-groups"),
            &[("现场检查人员证号", "粤J20001；粤J20002；粤J20003")],
        ),
        with(&inspection(), called("检查任务编号", "B-unopened"), &[("任务创建时间", "")]),
    ];
    let rows: Vec<Row> = bad.into_iter().chain([with(&inspection(), called("检查任务编号", "B-good"), &[])]).collect();
    let file = desk.file("bad.xlsx");
    let export = sheet::export(&Pack::embedded().unwrap(), ENFORCEMENT, "inspection");
    sheet::write(&file, &sheet::headings(&export), &rows);
    let (status, said) = desk.import(ENFORCEMENT, "inspection", &file, &[]);
    assert_eq!((status, &said["bad"], &said["written"]), (2, &4.into(), &0.into()), "{said}");
    let refused = said["complaints"].as_array().unwrap().iter().filter(|one| one["refused"] == true);
    let places: Vec<(u64, &str)> =
        refused.map(|one| (one["row"].as_u64().unwrap(), one["column"].as_str().unwrap())).collect();
    assert_eq!(places, [(2, "任务创建时间"), (3, "检查类型"), (4, "现场检查人员证号"), (5, "任务创建时间")], "{said}");
    let (status, said) = desk.import(ENFORCEMENT, "inspection", &file, &["--skip-bad"]);
    assert_eq!((status, &said["written"], &said["numbers"]), (0, &1.into(), &json!(["B-good"])), "{said}");
    let (status, said) = desk.import("no-such-platform", "inspection", &file, &[]);
    assert!(status == 2 && said.as_str().unwrap().contains(ENFORCEMENT), "{said}");
}

/// 许可法 32: what has to be mended is told once; a second notice is unlawful. The export writes both moments into one cell.
#[test]
fn a_second_correction_notice_is_found() {
    let desk = Desk::new();
    let base = row(&[
        ("申请人统一社会信用代码", &code(4)),
        ("申请事由", "厂区对讲系统频率"),
        ("补正内容", "技术方案缺少设备数量汇总。"),
        ("申请时间", "2024-04-01 09:00"),
        ("补正告知时间", "2024-04-02 09:00"),
        ("补正材料提交时间", "2024-04-03 09:00"),
        ("受理时间", "2024-04-09 09:00"),
        ("审查时间", "2024-04-10 09:00"),
        ("准予许可时间", "2024-04-10 10:00"),
        ("发证时间", "2024-04-11 09:00"),
        ("许可公开时间", "2024-04-12 09:00"),
        ("发证机关", "粤海省无线电管理机构"),
    ]);
    let twice = [
        ("补正告知时间", "2024-04-02 09:00；2024-04-07 09:00"),
        ("补正材料提交时间", "2024-04-03 09:00；2024-04-08 09:00"),
    ];
    let rows =
        [with(&base, called("许可申请编号", "L-lawful"), &[]), with(&base, called("许可申请编号", "L-twice"), &twice)];
    import(&desk, RADIO, "frequency-licence", &rows);
    let (_, audit) = desk.audit();
    finds(&audit, "L-lawful", &[]);
    finds(&audit, "L-twice", &["licence-correction-once"]);
}

/// What an export has no column for is not known, and is no finding: neither that an act is missing nor that officers are.
#[test]
fn silence_is_no_finding() {
    let desk = Desk::new();
    let told = ["案件编号", "当事人统一社会信用代码", "案由", "罚款金额", "线索登记时间", "立案时间", "处罚决定时间"];
    let mut case = with(&ordinary(), ("案件编号", "Q-1"), &[]);
    case.retain(|heading, _| told.contains(&heading.as_str()));
    let file = desk.file("silent.xlsx");
    sheet::write(&file, &told.map(str::to_owned), &[case]);
    let (status, said) = desk.import(ENFORCEMENT, "penalty-ordinary", &file, &[]);
    assert_eq!(status, 0, "{said}");
    let (status, audit) = desk.audit();
    assert_eq!((status, &audit["findings"]), (0, &json!([])), "{audit}");
    let unknown: Vec<&str> =
        audit["unknown"].as_array().unwrap().iter().map(|one| one["constraint"].as_str().unwrap()).collect();
    for constraint in
        ["notice-before-decision", "evidence-before-decision", "published-in-seven-days", "served-in-seven-days"]
    {
        assert!(unknown.contains(&constraint), "{constraint}: {unknown:?}");
    }
}

/// A case that still runs is judged by what has happened: a decision that is not there is late from the day on which it was due.
#[test]
fn what_is_owed_and_not_done_is_late_from_its_day_on() {
    let desk = Desk::new();
    let undecided: Row = ordinary()
        .into_iter()
        .filter(|(heading, _)| {
            !["处罚决定", "决定书", "处罚公示", "缴款", "结案", "归档", "案件状态"]
                .iter()
                .any(|start| heading.starts_with(start))
        })
        .collect();
    import(&desk, ENFORCEMENT, "penalty-ordinary", &[with(&undecided, ("案件编号", "U-1"), &[])]);
    let at = |day: &str| desk.json(&["law", "audit", "--at", day]);
    assert_eq!(found(&at("2024-06-01").1, "U-1"), Vec::<&str>::new());
    let (status, audit) = at("2024-06-02");
    assert_eq!((status, found(&audit, "U-1")), (1, vec!["decided-in-ninety-days"]), "{audit}");
    assert!(audit["findings"][0]["why"]["zh"].as_str().unwrap().contains("至今没有“处罚决定”"), "{audit}");
    assert_eq!(at("yesterday").0, 2);
    let early = at("2024-03-03").1;
    assert_eq!((&early["cases"], &early["judged"]), (&1.into(), &0.into()), "only a lead by then: {early}");
}

/// A list that no platform made, under the headings of the procedure itself, is judged as well.
#[test]
fn a_bureaus_own_old_list_is_judged_too() {
    let desk = Desk::new();
    officers(&desk);
    let rows = format!(
        "编号,统一社会信用代码,案由,承办单位,登记线索时间,立案时间,调查取证时间,调查取证人员证号,处罚告知时间,告知书送达时间,放弃陈述申辩时间,处罚决定时间\n\
         P1,{},擅自设置台站,无线电科,2024-03-01,2024-03-04,2024-03-05,粤J20001、粤J20002,2024-03-11,2024-03-11,,2024-03-19\n\
         P2,{},擅自设置台站,无线电科,2024-03-01,2024-03-04,2024-03-05,粤J20001,2024-03-11,2024-03-12,,2024-03-19\n",
        code(5),
        code(6)
    );
    let file = desk.file("old.csv");
    std::fs::write(&file, rows).unwrap();
    let (status, said) = desk.json(&["import", "history", file.to_str().unwrap(), "--procedure", "penalty-ordinary"]);
    assert_eq!((status, &said["written"]), (0, &2.into()), "{said}");
    let (_, audit) = desk.json(&["law", "audit", "--at", "2024-03-20"]);
    finds(&audit, "P1", &[]);
    finds(&audit, "P2", &["defence-period", "two-officers-investigate"]);
}
