//! Pauses: only by the causes that the statute lists, and the party is told in writing.

use crate::browser::{Typed, field, rule};
use crate::house::House;
use crate::licence::applied;
use crate::matters::PAIR;

/// 工信处罚规定 32: a suspension names one of the listed causes.
#[tokio::test]
async fn a_pause_needs_a_listed_cause() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.filed("organisation").await;
    let reason = ("reason", "等待另案裁判结果。");
    let articles = &["miit-penalty-procedure#32"];
    house.refused("head1", case, "suspend", &[reason], field("中止原因", articles)).await;
    let no = field("没有 `busy` 这个选项", articles);
    house.refused("head1", case, "suspend", &[reason, ("suspend_cause", "busy")], no).await;
    house.does("head1", case, "suspend", &[reason, ("suspend_cause", "other_decision")]).await;
    house
        .refused(
            PAIR,
            case,
            "send_test",
            &[("test_body", "省监测中心")],
            rule("state.from", &["miit-penalty-procedure#48"]),
        )
        .await;
}

/// 许可法 45: whoever stops the time for experts or tests tells the applicant in writing how long it takes, and does so once.
#[tokio::test]
async fn a_pause_is_told_in_writing() {
    let house = House::open("2024-03-04 09:00").await;
    let case = applied(&house).await;
    let time: Typed<'_> = &[("time_needed", "五个工作日")];
    let articles = &["administrative-licensing-law#45"];
    house.refused("licence1", case, "send_to_experts", time, rule("state.from", articles)).await;
    house.does("licence1", case, "accept", &[]).await;
    house.refused("licence1", case, "send_to_experts", &[], field("所需时间", articles)).await;
    house.does("licence1", case, "send_to_experts", time).await;
    house.does("licence1", case, "resume", &[("outside_result", "专家同意。")]).await;
    house.refused("licence1", case, "send_to_experts", time, rule("act.send_to_experts.at_most", articles)).await;
}

/// Of every procedure of the pack: an act that stops a clock names a cause that the clock lists and issues the notice that says so, and
/// an act that no procedure has cannot be asked for.
#[tokio::test]
async fn no_act_pauses_in_silence() {
    let house = House::open("2024-03-04 09:00").await;
    let mut pauses = 0;
    for procedure in &house.pack.procedures {
        for act in &procedure.acts {
            for pause in &act.pauses {
                pauses += 1;
                let clock = procedure.clock(&pause.clock).unwrap();
                assert!(clock.pause_causes.contains(&pause.cause), "{}.{}: {}", procedure.id, act.name, pause.cause);
                let statutory = clock.kind == guiju_kernel::clock::ClockKind::Statutory;
                let told = pause
                    .notice
                    .as_ref()
                    .is_some_and(|notice| act.issues.iter().any(|issue| issue.instrument == *notice));
                assert!(told || !statutory, "{}.{} pauses {} in silence", procedure.id, act.name, pause.clock);
            }
        }
    }
    assert!(pauses > 10, "the pack pauses clocks in {pauses} places");
    let case = house.filed("organisation").await;
    let before = house.standing(Some(case)).await;
    let page = house.get("head1", &format!("/work/case/{case}/act/pause")).await;
    assert_eq!(page.status, 404);
    assert_eq!(house.standing(Some(case)).await, before);
}
