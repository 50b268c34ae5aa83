//! The shipped pack loads, from its folder, from the program and from its own archive alike.

use std::path::PathBuf;

use guiju_pack::{Complaint, Pack};

fn shipped_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau")
}

fn complain(complaints: Vec<Complaint>) -> String {
    let told: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    format!("the shipped pack has faults:\n{}", told.join("\n"))
}

#[test]
fn the_shipped_pack_is_the_same_wherever_it_is_read_from() {
    let folder = Pack::load(&shipped_folder()).map_err(complain).unwrap();
    let embedded = Pack::embedded().map_err(complain).unwrap();
    let archived = Pack::from_archive(&embedded.archive).map_err(complain).unwrap();
    assert_eq!(folder.hash, embedded.hash);
    assert_eq!(archived.hash, embedded.hash);
    assert_eq!(archived.archive, embedded.archive);
    assert_eq!(archived.procedures, embedded.procedures);
    assert_eq!(folder.hash.len(), 64);
}

#[test]
fn editors_find_the_schema_of_every_shipped_file() {
    let mut folders = vec![shipped_folder()];
    let mut checked = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // The plans of demonstration years are read by the demonstration.
            let plan = path.parent().is_some_and(|folder| folder.ends_with("years"));
            if path.extension().is_none_or(|ending| ending != "yaml") || plan {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let schema = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
            let schema = schema.unwrap_or_else(|| panic!("{} names no schema in its first line", path.display()));
            assert!(path.parent().unwrap().join(schema).is_file(), "{}: there is no {schema}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 30);
}

/// The folder with the published figures, next to the repository or two levels up from a worktree.
fn shared() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("GUIJU_SHARED").map(PathBuf::from);
    let places = [named, Some(root.join("../shared")), Some(root.join("../../shared"))];
    places.into_iter().flatten().find(|place| place.is_dir())
}

#[test]
fn the_pack_defines_the_figures_that_were_published() {
    let Some(table) = shared().map(|shared| shared.join("report/figures-2024.csv")) else {
        eprintln!("the published figures are not here: nothing was compared");
        return;
    };
    let table = std::fs::read_to_string(table).unwrap();
    let pack = Pack::embedded().map_err(complain).unwrap();
    let mut compared = 0;
    let areas = ["requests.", "service.", "inspection.", "penalty.", "review."];
    for line in table.lines().filter(|line| areas.iter().any(|area| line.starts_with(area))) {
        let cells: Vec<&str> = line.splitn(8, ',').collect();
        let [id, _, zh, unit, _, _, scope, _] = cells.as_slice() else { panic!("{line}") };
        let figure = pack.figure(id).unwrap_or_else(|| panic!("the pack does not define {id}"));
        assert_eq!(
            (figure.title.zh.as_str(), figure.unit.zh.as_str(), figure.scope.as_str()),
            (*zh, *unit, *scope),
            "{id}"
        );
        compared += 1;
    }
    assert_eq!(compared, 13);
}

/// A promise that a page shows, a clock that runs and a parameter that is dated are the same thing.
#[test]
fn what_is_promised_is_what_the_clocks_count() {
    let pack = Pack::embedded().map_err(complain).unwrap();
    let at = guiju_kernel::time::parse("2024-03-01T09:00:00.000+08:00").unwrap();
    for (clock, period) in
        [("contact", "60 minutes"), ("plan", "24 hours"), ("close", "7 days"), ("objection", "1 working_day")]
    {
        let procedure = pack.procedure_at("enterprise-request", guiju_kernel::time::date_of(at)).unwrap();
        let limit = &procedure.clock(clock).unwrap().limit;
        assert_eq!(pack.param_value(limit, at).unwrap().value, period, "{clock}");
    }
    assert!(pack.procedure_at("enterprise-request", jiff::civil::date(2020, 12, 31)).is_none());
    assert_eq!(pack.unit("jh-miit/radio").unwrap().1.title.zh, "无线电科");
    assert!(pack.unit("jh-miit/rado").is_none());
    let (statute, text) = pack.article("platform-service#6").unwrap();
    assert_eq!(statute.id, "platform-service");
    assert!(text.zh.contains("退回"));
    assert!(!pack.calendar_notices().is_empty());
    assert!(pack.working_hours().is_some());
}

/// Whoever is suggested or assigned work has somebody's desk: units named by choices and levels exist and are not the dispatcher.
#[test]
fn every_type_of_request_suggests_a_unit_that_exists() {
    let pack = Pack::embedded().map_err(complain).unwrap();
    let procedure = pack.procedure("enterprise-request").unwrap();
    let types = procedure.field("types").unwrap();
    let guiju_kernel::procedure::definition::FieldKind::Enum { choices, most } = &types.kind else {
        panic!("no choices")
    };
    assert_eq!(*most, 4);
    assert_eq!(choices.len(), 16);
    for choice in choices {
        assert!(pack.unit(choice.unit.as_deref().unwrap()).is_some(), "{}", choice.value);
        assert!(!choice.words.is_empty(), "{} has no everyday words", choice.value);
    }
}
