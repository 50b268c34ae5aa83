//! Which pages does a face lead to, for this visitor?

use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::{Act, Assigns, Audience, Moment, Procedure, TimerDoes};
use guiju_kernel::record::ActorKind;
use guiju_pack::Pack;

use crate::face::Face;
use crate::frame::Link;
use crate::lang::Lang;

/// The navigation of a face; nothing where it would lead nowhere.
pub fn links(pack: &Pack, face: Option<Face>, lang: Lang, person: Option<&Person>, current: &str) -> Vec<Link> {
    let person = person.filter(|person| face == Some(Face::Portal) || person.kind == ActorKind::Officer);
    let entries: &[(&str, &str, &str)] = match face {
        Some(Face::Portal) => &[("/portal", "首页", "Home"), ("/portal/matters", "我的事项", "My matters")],
        Some(Face::Workbench) if person.is_some() => &[
            ("/work", "收件箱", "Inbox"),
            ("/work/dispatch", "派单台", "Dispatch"),
            ("/work/search", "查找", "Search"),
            ("/work/publications", "待公示", "To publish"),
            ("/work/radio", "无线电", "Radio"),
            ("/work/registers", "台账", "Registers"),
            ("/work/import", "导入", "Import"),
            ("/law", "依据", "Law"),
        ],
        Some(Face::Public) => &[
            ("/public", "服务承诺", "Service promise"),
            ("/public/publications", "公示", "Publications"),
            ("/public/statistics", "统计", "Statistics"),
            ("/public/verify", "验证回执", "Verify a receipt"),
            ("/draw", "随机抽取", "Random draw"),
            ("/public/ledger", "存证账本", "Ledger"),
            ("/law", "依据与程序", "Law"),
            ("/public/complain", "投诉与救济", "Complaints"),
        ],
        Some(Face::Leadership) if person.is_some() => {
            &[("/lead", "今日", "Today"), ("/lead/report", "年度报告", "Yearly report")]
        }
        _ => &[],
    };
    entries
        .iter()
        .filter(|(href, ..)| person.is_none_or(|person| leads_somewhere(pack, person, href)))
        .map(|(href, zh, en)| Link {
            title: lang.say(zh, en).to_owned(),
            href: (*href).to_owned(),
            current: *href == current,
        })
        .collect()
}

/// Whether an entry is of use to this person: dispatch to those who dispatch, import to those who keep something, publications to those
/// who publish or are told when that is late.
fn leads_somewhere(pack: &Pack, person: &Person, href: &str) -> bool {
    let acts = || pack.procedures.iter().flat_map(|procedure| &procedure.acts);
    let may = |act: &Act| act.by.iter().any(|rule| rule.role.as_ref().is_some_and(|role| person.roles.contains(role)));
    match href {
        "/work/dispatch" => acts().any(|act| matches!(act.assigns, Some(Assigns::Fields { .. })) && may(act)),
        "/work/publications" => {
            let kinds = &pack.publications.kinds;
            let publishes = |act: &Act| kinds.iter().any(|kind| act.tags.iter().any(|tag| kind.by.contains(tag)));
            acts().any(|act| publishes(act) && may(act))
                || pack.procedures.iter().any(|of| told_of_publishing(of, person))
        }
        "/work/radio" => guiju_office::radio::may_read(pack, person),
        "/work/import" => {
            let keeps =
                pack.registers.iter().any(|register| register.kept_by.iter().any(|role| person.roles.contains(role)));
            keeps || acts().any(|act| act.from.is_empty() && may(act))
        }
        _ => true,
    }
}

/// Whether the procedure tells one of the person's roles how long there is to publish.
fn told_of_publishing(procedure: &Procedure, person: &Person) -> bool {
    let duties = || procedure.acts.iter().flat_map(|act| &act.publishes);
    procedure.timers.iter().any(|timer| match (&timer.at, &timer.does) {
        (Moment::Fraction { clock, .. }, TimerDoes::Remind(told)) if duties().any(|duty| duty.clock == *clock) => {
            told.iter().any(|told| matches!(&told.to, Audience::Role(role) if person.roles.contains(role)))
        }
        _ => false,
    })
}
