//! Old cases that come along: original numbers, dates and steps, told by another system and marked so.

use guiju_kernel::record::{Origin, Record};
use guiju_kernel::time;
use guiju_office::{Outcome, Read, Viewer, What};
use guiju_store::Log;
use serde_json::json;

use crate::bureau::{Bureau, REQUEST, SME, at, code, done, filing, handler, officer, registrar};
use crate::imports::{book, refused};

const HEAD: [&str; 11] = [
    "工单编号",
    "社会信用代码",
    "标题",
    "办理状态",
    "提交时间",
    "受理日期",
    "派单时间",
    "联系时间",
    "答复日期",
    "办结日期",
    "主办单位",
];

fn history() -> What {
    What::History(REQUEST.to_owned())
}

fn cases(rows: &[[&str; 11]]) -> Vec<u8> {
    let all: Vec<&[&str]> = std::iter::once(&HEAD[..]).chain(rows.iter().map(|r| &r[..])).collect();
    book(&all)
}

async fn preview(bureau: &Bureau, bytes: &[u8]) -> Read {
    bureau.office.import_preview(&registrar(), &history(), "旧系统.xlsx", bytes).await.unwrap()
}

async fn import(bureau: &Bureau, bytes: &[u8]) -> Outcome {
    let mut read = preview(bureau, bytes).await;
    assert_eq!(refused(&read), []);
    bureau.office.import_commit(&registrar(), &history(), &mut read, false).await.unwrap()
}

fn open_and_closed() -> Vec<u8> {
    cases(&[
        [
            "GD-2023-0007",
            &code(1),
            "请求协调用电增容",
            "已办结",
            "2023-05-04 09:12",
            "2023-05-04 09:40",
            "2023-05-04 10:00",
            "2023-05-04 10:30",
            "2023-05-09",
            "2023-05-10",
            "中小企业科",
        ],
        [
            "GD-2023-0008",
            &code(2),
            "反映货款被拖欠",
            "待联系",
            "2024-03-03 16:00",
            "2024-03-03 16:20",
            "2024-03-04 08:30",
            "",
            "",
            "",
            "中小企业科",
        ],
    ])
}

/// An old case keeps its number, dates and steps, and stands in the state that its list says; the records say who told so.
#[tokio::test]
async fn old_cases_come_in_as_they_were() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let bytes = open_and_closed();
    let outcome = import(&bureau, &bytes).await;
    let states: Vec<(&str, &str)> =
        outcome.written.iter().map(|(_, d)| (d.number.as_str(), d.state.as_str())).collect();
    assert_eq!(states, [("GD-2023-0007", "closed"), ("GD-2023-0008", "dispatched")]);

    let closed = bureau.office.case(outcome.written[0].1.case).await.unwrap();
    assert_eq!(closed.opened, at("2023-05-04 09:12"));
    assert_eq!(closed.subject, Some(code(1)));
    let Origin::Mirror { system, number, batch } = &closed.origin else { panic!("{:?}", closed.origin) };
    assert_eq!((system.as_str(), number.as_str(), batch.len()), ("import", "GD-2023-0007", 64));

    let records: Vec<Record> = bureau
        .office
        .store()
        .records_of_case(closed.id)
        .await
        .unwrap()
        .iter()
        .map(|r| serde_json::from_str(&r.bytes).unwrap())
        .collect();
    let acts: Vec<(&str, String)> = records.iter().map(|r| (r.act.as_str(), time::print(r.done))).collect();
    let told = ["file", "accept", "dispatch", "contact", "answer", "close"];
    assert_eq!(acts.iter().map(|(act, _)| *act).collect::<Vec<_>>(), told);
    assert_eq!(acts[5].1, "2023-05-10T00:00:00.000+08:00", "a date alone is its first moment");
    assert!(records.iter().all(|r| r.recorded == at("2024-03-04 09:00")), "when it was done and when it was recorded");
    assert!(records.iter().all(|r| matches!(r.origin, Origin::Mirror { .. })));
    assert!(records[2].tags.contains(&"request.dispatch".to_owned()), "figures find the step by its tag");

    // The clocks tell what was kept: contact within its 60 minutes, closing within its 7 days.
    let supervisor = officer("du", "jh-miit/supervision", &["supervisor"]);
    let view = bureau.office.case_view(&Viewer::Person(supervisor), closed.id).await.unwrap();
    for name in ["intake", "contact", "close"] {
        let clock = view.clocks.iter().find(|c| c.name == name).unwrap();
        assert_eq!(clock.kept, Some(true), "{name}");
    }
    assert!(bureau.verified().await.ok);
}

/// An open old case goes on here: it lies on its unit's desk under its true deadline, and the unit's acts are our own.
#[tokio::test]
async fn an_open_old_case_goes_on_here() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let outcome = import(&bureau, &open_and_closed()).await;
    let id = outcome.written[1].1.case;
    let inbox = bureau.office.inbox(&handler(SME), &Default::default()).await.unwrap();
    let row = inbox.rows.iter().find(|r| r.case.id == id).unwrap();
    assert_eq!(
        row.holding.due,
        Some(time::to_millis(at("2024-03-04 09:30"))),
        "60 minutes from the dispatch over there"
    );
    bureau.until("2024-03-04 09:20").await;
    bureau.done(id, "contact", &handler(SME), json!({})).await;
    let stored = bureau.office.store().records_of_case(id).await.unwrap();
    let last: Record = serde_json::from_str(&stored.last().unwrap().bytes).unwrap();
    assert_eq!((last.act.as_str(), &last.origin), ("contact", &Origin::Own));
}

/// What another platform let pass is not reminded of again here; that its deadlines are over is acted upon.
#[tokio::test]
async fn deadlines_long_past_escalate_but_do_not_remind() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let old = cases(&[[
        "GD-1",
        &code(1),
        "反映货款被拖欠",
        "待联系",
        "2023-12-01 09:00",
        "2023-12-01 09:30",
        "2023-12-01 10:00",
        "",
        "",
        "",
        "中小企业科",
    ]]);
    let id = import(&bureau, &old).await.written[0].1.case;
    bureau.until("2024-03-04 09:01").await;
    let stored = bureau.office.store().records_of_case(id).await.unwrap();
    let acts: Vec<String> = stored.iter().map(|r| r.act.clone()).collect();
    assert_eq!(
        acts,
        ["file", "accept", "dispatch", "escalate_to_head", "escalate_to_supervisor", "escalate_to_leader"]
    );
}

/// The same list again doubles nothing: each row says that its number is there already, and the others can still be taken.
#[tokio::test]
async fn a_number_that_is_there_is_not_taken_twice() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    import(&bureau, &open_and_closed()).await;
    // The time to have the closed one reopened is long over: it is settled when the clock is next looked at.
    bureau.until("2024-03-04 09:01").await;
    let events = bureau.events().await;
    let mut read = preview(&bureau, &open_and_closed()).await;
    let complaints = refused(&read);
    assert_eq!(complaints.iter().map(|(cell, _)| cell.as_str()).collect::<Vec<_>>(), ["A2", "A3"]);
    assert!(complaints[0].1.contains("GD-2023-0007"), "{complaints:?}");
    assert!(bureau.office.import_commit(&registrar(), &history(), &mut read, false).await.is_err());
    assert_eq!(bureau.events().await, events);
    let row = ["GD-1", &code(1), "请求协调用地", "待受理", "2024-01-02", "", "", "", "", "", ""];
    let twice = cases(&[row, ["GD-1", &code(2), "请求协调用地", "待受理", "2024-01-02", "", "", "", "", "", ""], row]);
    let read = preview(&bureau, &twice).await;
    assert_eq!(refused(&read).iter().map(|(cell, _)| cell.as_str()).collect::<Vec<_>>(), ["A3", "A4"]);
}

/// Old numbers in our own words move our series on: no number is ever given twice.
#[tokio::test]
async fn our_own_numbers_go_on_after_the_old_ones() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let ours = "江海工信诉〔2024〕000041号";
    import(&bureau, &cases(&[[ours, &code(1), "请求协调用地", "", "2024-01-02", "", "", "", "", "", ""]])).await;
    let number = done(bureau.file(&code(2), filing(&code(2))).await).number;
    assert_eq!(number, "江海工信诉〔2024〕000042号");
}

/// A row that contradicts itself is refused at the cell that should be mended.
#[tokio::test]
async fn a_history_that_contradicts_itself_is_told_where() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let day = "2023-05-04 09:12";
    let bytes = cases(&[
        // Closed, it says, but nobody says when.
        ["A1", &code(1), "请求协调用地", "已办结", day, day, day, "", "", "", "中小企业科"],
        // Dispatched before it was filed.
        ["A2", &code(1), "请求协调用地", "", day, "", "2023-05-01", "", "", "", "中小企业科"],
        // Yet to come.
        ["A3", &code(1), "请求协调用地", "", day, "", "2029-05-01", "", "", "", "中小企业科"],
        // No day at all.
        ["A4", &code(1), "请求协调用地", "", "", "", "", "", "", "", ""],
        // A unit that nobody knows, a state that the procedure lacks.
        ["A5", &code(1), "请求协调用地", "处理完毕", day, "", "", "", "", "", "不存在的科"],
        // Waiting for its first contact, but the date says that it was contacted.
        ["A6", &code(1), "请求协调用地", "待联系", day, day, day, day, "", "", "中小企业科"],
    ]);
    let read = preview(&bureau, &bytes).await;
    let told = refused(&read);
    let cells: Vec<&str> = told.iter().map(|(cell, _)| cell.as_str()).collect();
    assert_eq!(cells, ["J2", "G3", "G4", "E5", "D6", "K6", "D7"], "{told:?}");
    assert!(told[0].1.contains("办结时间"), "{told:?}");
    assert_eq!(bureau.office.store().position(Log::Events).await.unwrap().size, 1, "only the pack's own record");
}
