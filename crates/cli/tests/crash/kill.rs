//! The process is killed; the machine goes on.

use std::time::Duration;

use crate::drill::{Acknowledged, AtWork, Moments, faults, kills, missing};

/// A new folder after so many kills, so that first openings are killed too and verifying stays quick.
const KILLS_A_FOLDER: u64 = 10;

#[test]
fn a_killed_program_has_lost_nothing_that_it_acknowledged_and_left_nothing_half_done() {
    let mut moments = Moments(20_240_101);
    let mut folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged = Acknowledged::new();
    let mut acts = 0;
    let all = kills(25);
    for kill in 0..all {
        if kill % KILLS_A_FOLDER == 0 {
            folder = tempfile::tempdir().expect("a folder");
            acts += std::mem::take(&mut acknowledged).len();
        }
        let mut program = AtWork::begin(folder.path(), &format!("kill{kill}"), |_| {});
        // One in four is killed while it still opens its data, the others while they work.
        if moments.below(4) > 0 {
            program.until_first();
        }
        program.work_for(Duration::from_millis(moments.below(250)));
        acknowledged.extend(program.kill());
        if acknowledged.is_empty() {
            // Killed before it had promised anything: the next opening must cope with whatever is there.
            continue;
        }
        if let Some(faults) = faults(folder.path()) {
            panic!("kill {kill}: verify finds {faults}");
        }
        assert_eq!(missing(folder.path(), &acknowledged), 0, "kill {kill}: acknowledged acts are missing");
    }
    acts += acknowledged.len();
    assert!(acts as u64 > all, "the program was hardly at work: {acts} acts in {all} runs");
    eprintln!("{all} kills, {acts} acknowledged acts, all there");
}
