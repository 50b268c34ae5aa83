//! Publication: checked for secrecy and privacy first, and an alarm where it is late.

use crate::browser::field;
use crate::house::House;
use crate::matters::{CHECKED, DECISION, SMALL};

/// 工信处罚规定 17, 信息公开条例 15 and 17: neither a decision nor a result is published before both checks.
#[tokio::test]
async fn nothing_is_published_unchecked() {
    let house = House::open("2024-03-04 09:00").await;
    let penalty = house.informed("organisation", SMALL).await;
    let inspection = house.passed("2024-03-04 09:00").await;
    house.until("2024-03-12 09:00").await;
    house.does("head1", penalty, "decide", DECISION).await;
    let cases =
        [(penalty, "miit-penalty-procedure#17"), (inspection, "government-information-disclosure-regulations#17")];
    for (case, article) in cases {
        let place = ("published_where", "局网站行政执法公示栏");
        let no = |says| field(says, std::slice::from_ref(&article));
        house.refused("publisher", case, "publish", &[place, ("privacy_checked", "true")], no("保密审查")).await;
        house
            .refused("publisher", case, "publish", &[place, ("secrecy_checked", "true")], no("商业秘密和个人隐私"))
            .await;
        house.does("publisher", case, "publish", CHECKED).await;
    }
}

/// 国办发〔2018〕118号 6, 工信处罚规定 17: a result is late after twenty working days, a decision after seven; then the clerk and
/// the leadership find it in their inboxes as overdue, and the case file says so.
#[tokio::test]
async fn what_is_overdue_alarms_its_clerk_and_the_leadership() {
    let house = House::open("2024-03-04 09:00").await;
    let penalty = house.informed("organisation", SMALL).await;
    house.passed("2024-03-04 09:00").await;
    house.until("2024-03-12 09:00").await;
    house.does("head1", penalty, "decide", DECISION).await;
    house.until("2024-03-21 23:59").await;
    for who in ["publisher", "leader"] {
        let inbox = house.get(who, "/work").await;
        assert!(!inbox.main().contains("逾期未公示"), "{who} is told before the time has run out");
    }
    house.until("2024-03-22 00:00").await;
    for who in ["publisher", "leader"] {
        let inbox = house.get(who, "/work").await;
        assert!(inbox.main().contains("处罚决定逾期未公示"), "{who} is not told: {}", inbox.words());
        assert!(inbox.main().contains(&format!("href=\"/work/case/{penalty}\"")), "{who} is not led to the case");
        let file = house.get(who, &format!("/work/case/{penalty}")).await;
        assert!(file.main().contains("期限提醒：公示逾期"), "the record does not say it: {}", file.words());
    }
    // It is no business of those whom the procedure does not name, and it is over once the decision was published.
    assert!(!house.get("chair", "/work").await.main().contains("逾期未公示"));
    house.does("publisher", penalty, "publish", CHECKED).await;
    assert!(!house.get("publisher", "/work").await.main().contains("逾期未公示"));
    // The result of an inspection has its own twenty working days.
    house.until("2024-04-01 23:59").await;
    assert!(!house.get("publisher", "/work").await.main().contains("检查结果逾期未公示"));
    house.until("2024-04-02 00:00").await;
    assert!(house.get("publisher", "/work").await.main().contains("检查结果逾期未公示"));
}
