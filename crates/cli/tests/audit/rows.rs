//! Lawful rows of a platform's exports, and what is changed in them.

use guiju_kernel::validate::credit_code;

use crate::sheet::Row;

pub fn code(n: u32) -> String {
    credit_code::complete(&format!("91449999MA{n:07}")).unwrap().as_str().to_owned()
}

pub fn row(cells: &[(&str, &str)]) -> Row {
    cells.iter().map(|(heading, cell)| ((*heading).to_owned(), (*cell).to_owned())).collect()
}

/// The heading of a number and the number.
pub fn called<'a>(heading: &'a str, number: &'a str) -> (&'a str, &'a str) {
    (heading, number)
}

/// A lawful row with some of its cells changed; an empty one is left out.
pub fn with(base: &Row, number: (&str, &str), changes: &[(&str, &str)]) -> Row {
    let mut row = base.clone();
    for (heading, cell) in changes.iter().chain([&number]) {
        row.insert((*heading).to_owned(), (*cell).to_owned());
    }
    row.retain(|_, cell| !cell.is_empty());
    row
}

/// An ordinary penalty as the law has it: notice received on 11 March 2024, five working days over on the 18th.
pub fn ordinary() -> Row {
    row(&[
        ("当事人统一社会信用代码", &code(1)),
        ("当事人类型", "企业"),
        ("案由", "擅自使用无线电信号屏蔽器"),
        ("案件来源", "监测发现"),
        ("承办机构", "无线电科"),
        ("是否出示证件", "是"),
        ("违法行为类别", "屏蔽器"),
        ("罚款金额", "3000"),
        ("没收金额", "1200"),
        ("许可证件处理", "无"),
        ("是否责令停产停业", "否"),
        ("线索登记时间", "2024-03-01 09:00"),
        ("立案时间", "2024-03-04 09:00"),
        ("调查取证时间", "2024-03-05 10:00"),
        ("调查人员证号", "粤J20001、粤J20002"),
        ("调查终结时间", "2024-03-08 10:00"),
        ("调查终结人员证号", "粤J20001、粤J20002"),
        ("告知时间", "2024-03-11 09:00"),
        ("告知人员证号", "粤J20001、粤J20002"),
        ("告知书送达时间", "2024-03-11 15:00"),
        ("处罚决定时间", "2024-03-19 09:00"),
        ("决定书送达时间", "2024-03-20 09:00"),
        ("决定书送达人员证号", "粤J20001、粤J20002"),
        ("处罚公示时间", "2024-03-21 09:00"),
        ("缴款时间", "2024-03-25 09:00"),
        ("结案时间", "2024-03-26 09:00"),
        ("归档时间", "2024-03-27 09:00"),
        ("案件状态", "归档"),
    ])
}

/// What happens from the review on, for cases that need one.
pub const REVIEWED: [(&str, &str); 3] = [
    ("提交法制审核时间", "2024-03-19 09:00"),
    ("法制审核时间", "2024-03-19 10:00"),
    ("处罚决定时间", "2024-03-19 11:00"),
];

/// A hearing that was asked for in time at a fine of 150,000 yuan, summoned, announced, held and reviewed as it has to be.
pub const HEARD: [(&str, &str); 17] = [
    ("罚款金额", "150000"),
    ("是否告知听证权利", "是"),
    ("要求听证时间", "2024-03-12 09:00"),
    ("通知听证时间", "2024-03-14 09:00"),
    ("听证通知书送达时间", "2024-03-15 09:00"),
    ("听证是否公开", "是"),
    ("公告听证时间", "2024-03-18 09:00"),
    ("举行听证时间", "2024-04-01 09:00"),
    ("听证人员证号", "粤J20021、粤J20011、粤J20012"),
    ("听证音像编号", "听证2024-01"),
    ("提交法制审核时间", "2024-04-02 09:00"),
    ("法制审核时间", "2024-04-03 09:00"),
    ("处罚决定时间", "2024-04-08 09:00"),
    ("决定书送达时间", "2024-04-09 09:00"),
    ("处罚公示时间", "2024-04-10 09:00"),
    ("缴款时间", "2024-04-12 09:00"),
    ("结案时间", "2024-04-15 09:00"),
];

pub fn heard(number: &str, changes: &[(&str, &str)]) -> Row {
    let base = with(&ordinary(), called("案件编号", number), &HEARD);
    with(&base, ("归档时间", "2024-04-16 09:00"), changes)
}

/// Number, changes to a lawful case, and the constraints that are broken by them.
pub type Planted<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

pub const ORDINARY: [Planted<'_>; 14] = [
    ("O-lawful", &[], &[]),
    ("O-too-early", &[("处罚决定时间", "2024-03-18 17:00")], &["defence-period"]),
    (
        "O-waived",
        &[
            ("放弃陈述申辩时间", "2024-03-12 09:00"),
            ("处罚决定时间", "2024-03-13 09:00"),
            ("决定书送达时间", "2024-03-14 09:00"),
        ],
        &[],
    ),
    ("O-one-officer", &[("调查人员证号", "粤J20001")], &["two-officers-investigate"]),
    ("O-expired-card", &[("调查人员证号", "粤J20001、粤J20004")], &["two-officers-investigate"]),
    ("O-no-notice", &[("告知时间", ""), ("告知人员证号", ""), ("告知书送达时间", "")], &["notice-before-decision"]),
    ("O-never-served-notice", &[("告知书送达时间", "")], &["defence-period"]),
    (
        "O-ninety-days",
        &[
            ("处罚决定时间", "2024-06-03 09:00"),
            ("决定书送达时间", "2024-06-04 09:00"),
            ("处罚公示时间", "2024-06-05 09:00"),
            ("缴款时间", "2024-06-06 09:00"),
            ("结案时间", "2024-06-07 09:00"),
            ("归档时间", "2024-06-11 09:00"),
        ],
        &["decided-in-ninety-days"],
    ),
    (
        "O-tested",
        &[
            ("送交检测鉴定时间", "2024-03-06 09:00"),
            ("检测鉴定完毕时间", "2024-03-07 09:00"),
            ("处罚决定时间", "2024-06-04 09:00"),
            ("决定书送达时间", "2024-06-05 09:00"),
            ("处罚公示时间", "2024-06-06 09:00"),
            ("缴款时间", "2024-06-07 09:00"),
            ("结案时间", "2024-06-11 09:00"),
            ("归档时间", "2024-06-12 09:00"),
        ],
        &[],
    ),
    (
        "O-published-late",
        &[("处罚公示时间", "2024-03-29 09:00"), ("归档时间", "2024-04-01 09:00")],
        &["published-in-seven-days"],
    ),
    ("O-never-published", &[("处罚公示时间", "")], &["published-in-seven-days"]),
    (
        "O-served-late",
        &[
            ("决定书送达时间", "2024-03-29 09:00"),
            ("缴款时间", "2024-03-29 10:00"),
            ("结案时间", "2024-03-29 11:00"),
            ("归档时间", "2024-03-29 12:00"),
        ],
        &["served-in-seven-days"],
    ),
    ("O-hearing-not-offered", &[("罚款金额", "150000"), ("是否告知听证权利", "否")], &["hearing-right-told"]),
    ("O-filed-late", &[("线索登记时间", "2024-02-01 09:00")], &["filed-in-fifteen-days"]),
];

pub fn inspection() -> Row {
    row(&[
        ("被检查对象统一社会信用代码", &code(3)),
        ("检查事项名称", "无线电台站使用检查"),
        ("检查领域", "无线电管理"),
        ("检查类型", "双随机抽查"),
        ("抽取证明摘要", &"0123456789abcdef".repeat(4)),
        ("承办机构", "无线电科"),
        ("是否出示证件", "是"),
        ("被检查人签字", "已签"),
        ("任务创建时间", "2024-03-01 09:00"),
        ("回避审查时间", "2024-03-01 10:00"),
        ("检查批准时间", "2024-03-04 09:00"),
        ("现场检查时间", "2024-03-05 09:00"),
        ("笔录制作时间", "2024-03-05 11:00"),
        ("笔录制作人员证号", "粤J20001、粤J20002"),
        ("检查通过时间", "2024-03-05 15:00"),
        ("检查结果公示时间", "2024-03-08"),
        ("任务归档时间", "2024-03-11"),
    ])
}
