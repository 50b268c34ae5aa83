//! House rules and chores, run as `cargo xtask NAME`.
//!
//! | name | does |
//! |---|---|
//! | `tidy` | checks every house rule over the files that git knows or would add; exit status 1 when one is broken |
//! | `third-party` | writes `THIRD-PARTY-LICENSES.md` from the packages that the program is built of |
//! | `adr` | writes the list in `docs/adr/README.md` from the decisions beside it |

mod finding;
mod licence;
mod rules;
mod rust_source;
mod third_party;
mod tree;

use std::path::Path;
use std::process::ExitCode;

use tree::Tree;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match asked.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => tidy(&root),
        ["third-party"] => write(&root, third_party::FILE, third_party::document),
        ["adr"] => write(&root, rules::decisions::INDEX, |_, tree| Ok(rules::decisions::index(tree))),
        _ => Err("usage: cargo xtask tidy | third-party | adr".to_owned()),
    };
    match outcome {
        Ok(code) => code,
        Err(complaint) => {
            eprintln!("xtask: {complaint}");
            ExitCode::from(2)
        }
    }
}

/// Checks every rule, says what each broken one is about, and closes with one line that counts rules.
fn tidy(root: &Path) -> Result<ExitCode, String> {
    let tree = Tree::of_repository(root)?;
    let current = third_party::document(root, &tree)?;
    let (mut passed, mut failed, mut warned) = (0, 0, 0);
    for rule in rules::ALL {
        let findings = (rule.check)(&tree);
        let broken = findings.iter().filter(|finding| !finding.warning).count();
        warned += findings.len() - broken;
        if broken == 0 {
            passed += 1
        } else {
            failed += 1
        }
        finding::print(rule, &findings);
    }
    let listed = third_party::check(&tree, &current);
    if listed.is_empty() {
        passed += 1
    } else {
        failed += 1
    }
    finding::print(&third_party::RULE, &listed);
    if warned > 0 {
        println!("tidy: {warned} warnings");
    }
    println!("tidy: {passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Writes one generated file, and says so.
fn write(root: &Path, file: &str, make: fn(&Path, &Tree) -> Result<String, String>) -> Result<ExitCode, String> {
    let text = make(root, &Tree::of_repository(root)?)?;
    std::fs::write(root.join(file), text).map_err(|e| format!("cannot write `{file}`: {e}"))?;
    println!("wrote {file}");
    Ok(ExitCode::SUCCESS)
}
