//! A slip in a pack is told at its place, in both languages, with what was probably meant.
//!
//! `base/` is a small pack without faults; each case in `bad/*.yaml` changes one file of it (or adds one) and lists every complaint
//! that must come, no more and no fewer.

use std::path::{Path, PathBuf};

use guiju_pack::{Complaint, Pack, run_examples};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    slip: String,
    file: String,
    /// What stands in the file, exactly once, and what is put in its place.
    find: Option<String>,
    put: Option<String>,
    /// The whole file as text or as hexadecimal bytes.
    text: Option<String>,
    hex: Option<String>,
    /// The file is taken away.
    #[serde(default)]
    gone: bool,
    told: Vec<String>,
}

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Everything that is told of the pack in a folder, its examples and its law included, with paths from that folder.
fn told(folder: &Path) -> Vec<String> {
    let prefix = format!("{}/", folder.display());
    let complaints: Vec<Complaint> = match (run_examples(folder), Pack::load(folder)) {
        (Ok(examples), Ok(pack)) => {
            let disagreements = pack.disagreements(&prefix);
            let contradictions = disagreements.contradictions.into_iter().map(|one| one.told);
            let fragments = disagreements.fragments.into_iter().map(|one| one.told);
            examples.failures.into_iter().chain(contradictions).chain(fragments).collect()
        }
        (Err(complaints), _) | (_, Err(complaints)) => complaints,
    };
    complaints.iter().map(|complaint| complaint.to_string().replace(&prefix, "")).collect()
}

#[test]
fn the_base_pack_has_no_faults() {
    assert_eq!(told(&tests().join("base")), Vec::<String>::new());
}

/// With `GUIJU_SHOW_COMPLAINTS=1` it prints what came, for review.
#[test]
fn every_slip_is_told_at_its_place() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(tests().join("bad")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let list: Vec<Case> = serde_saphyr::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for case in list {
            cases += 1;
            let folder = tempfile::tempdir().unwrap();
            copy(&tests().join("base"), folder.path()).unwrap();
            let path = folder.path().join(&case.file);
            if let (Some(find), Some(put)) = (&case.find, &case.put) {
                let text = std::fs::read_to_string(&path).unwrap();
                assert_eq!(text.matches(find.as_str()).count(), 1, "{}: `{find}` must stand once", case.slip);
                std::fs::write(&path, text.replace(find.as_str(), put)).unwrap();
            } else if let Some(hex) = &case.hex {
                std::fs::write(&path, hex::decode(hex).unwrap()).unwrap();
            } else if case.gone {
                std::fs::remove_file(&path).unwrap();
            } else {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, case.text.as_deref().unwrap()).unwrap();
            }
            let came = told(folder.path());
            if std::env::var_os("GUIJU_SHOW_COMPLAINTS").is_some() {
                eprintln!("{}:\n    {}", case.slip, came.join("\n    "));
            }
            if came != case.told {
                wrong.push(format!("{}\n  told: {:#?}\n  came: {came:#?}", case.slip, case.told));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(cases >= 40, "only {cases} cases");
}

/// What seems to be missing may stand in the file that could not be read: only that file is complained of.
#[test]
fn a_procedure_that_cannot_be_read_is_complained_of_alone() {
    let folder = tempfile::tempdir().unwrap();
    copy(&tests().join("base"), folder.path()).unwrap();
    let platform = "id: elsewhere\ntitle: {zh: 别处, en: Elsewhere}\nsystem: 别处的系统\nexports: {loan: {number: [借条号], state: [状态], \
                    states: {lent: [借走]}, fields: {answer: {columns: [答复], words: {granted: [准]}}}, steps: {}}}\n";
    std::fs::create_dir_all(folder.path().join("platforms")).unwrap();
    std::fs::write(folder.path().join("platforms/elsewhere.yaml"), platform).unwrap();
    assert_eq!(told(folder.path()), Vec::<String>::new());
    let procedure = folder.path().join("procedures/lending/loan.yaml");
    let text = std::fs::read_to_string(&procedure).unwrap();
    std::fs::write(&procedure, text.replace("headline: purpose", "headlines: purpose")).unwrap();
    let told = told(folder.path());
    assert!(!told.is_empty() && told.iter().all(|one| one.starts_with("procedures/lending/loan.yaml:")), "{told:#?}");
}

#[test]
fn a_folder_that_is_not_there_is_told_and_not_a_panic() {
    let complaints = Pack::load(Path::new("/no/such/pack")).unwrap_err();
    assert_eq!(complaints.len(), 1);
    assert!(complaints[0].file.contains("/no/such/pack"));
    assert!(Pack::from_archive(b"[]").unwrap_err().iter().any(|complaint| complaint.file == "pack.yaml"));
}

/// Whatever is lost or doubled on the way, loading answers with a pack or with complaints that have a place.
#[test]
fn a_file_with_any_line_lost_doubled_or_cut_short_is_answered() {
    let base = tests().join("base");
    let folder = tempfile::tempdir().unwrap();
    copy(&base, folder.path()).unwrap();
    for file in ["pack.yaml", "law/lending.yaml", "procedures/lending/loan.yaml", "registers/tools.yaml"] {
        let whole = std::fs::read_to_string(base.join(file)).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        for at in 0..lines.len() {
            let without = lines.iter().enumerate().filter(|(line, _)| *line != at).map(|(_, text)| *text);
            let mut doubled = lines.clone();
            doubled.insert(at, lines[at]);
            let cut =
                &lines[at][..lines[at].char_indices().nth(lines[at].chars().count() / 2).map_or(0, |(byte, _)| byte)];
            let mut short = lines.clone();
            short[at] = cut;
            for text in [without.collect::<Vec<_>>().join("\n"), doubled.join("\n"), short.join("\n")] {
                std::fs::write(folder.path().join(file), text).unwrap();
                if let Err(complaints) = Pack::load(folder.path()) {
                    assert!(!complaints.is_empty());
                    assert!(
                        complaints.iter().all(|c| c.line > 0 && c.column > 0 && !c.zh.is_empty() && !c.en.is_empty())
                    );
                }
            }
        }
        std::fs::write(folder.path().join(file), whole).unwrap();
    }
}
