//! Every article of a statute in the shipped pack stands in that statute's own text, where the texts are at hand. (That an act cites
//! only articles of the pack is checked when the pack loads.)

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot find fails the test")]

use guiju_pack::{Pack, Statute};
use guiju_testkit::facts::shared;
use guiju_text::statute::{StatuteText, plain_title, read};

/// Promises of the made-up bureau: nobody else published them.
const OWN_PROMISES: [&str; 3] = ["licensing-service", "platform-service", "radio-service"];

/// Documents without numbered articles: the pack counts their headings, `2.1` being （一） below 二、.
const BY_HEADING: [&str; 2] = ["random-inspection-notice", "three-systems-opinion"];

/// One file: as a statute, and as lines without the blanks around them.
struct File {
    statute: StatuteText,
    lines: Vec<String>,
}

fn files() -> Option<Vec<File>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(shared("law/texts")?).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md") {
            let text = std::fs::read_to_string(&path).unwrap();
            let statute = read(&text).map_err(|fault| format!("{}: {fault:?}", path.display())).unwrap();
            let lines = text.lines().map(|line| line.trim().trim_matches('\u{3000}').to_owned()).collect();
            files.push(File { statute, lines });
        }
    }
    Some(files)
}

/// The file of a statute: by its title, or by one that begins with the document's number.
fn file_of<'a>(files: &'a [File], statute: &Statute) -> Option<&'a File> {
    let title = plain_title(&statute.title.zh);
    let titled =
        |same: fn(&str, &str) -> bool| files.iter().find(|file| same(&plain_title(&file.statute.title), &title));
    titled(|file, pack| file == pack).or_else(|| titled(|file, pack| file.ends_with(pack)))
}

/// A heading's number as it is written, 1 to 19.
fn written(number: &str) -> String {
    let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let number: usize = number.parse().expect("headings are numbered");
    format!("{}{}", if number > 9 { "十" } else { "" }, digits.get(number % 10).unwrap())
}

/// Whether `2.1` or `6` is a heading of the file.
fn heading_stands(file: &File, number: &str) -> bool {
    let (part, item) = number.split_once('.').map_or((None, number), |(part, item)| (Some(part), item));
    let from = part
        .map_or(Some(0), |part| file.lines.iter().position(|line| line.starts_with(&format!("{}、", written(part)))));
    let Some(from) = from else { return false };
    let next_part = |line: &&String| part.is_some() && line.chars().nth(1) == Some('、');
    let below = file.lines.iter().skip(from + 1).take_while(|line| !next_part(line));
    below.into_iter().any(|line| line.starts_with(&format!("（{}）", written(item))))
}

#[test]
fn every_article_of_the_pack_stands_in_the_statutes_text() {
    let Some(files) = files() else { return };
    let pack = Pack::embedded().expect("the shipped pack loads");
    let (mut missing, mut compared) = (Vec::new(), 0);
    for statute in pack.statutes.iter().filter(|statute| !OWN_PROMISES.contains(&statute.id.as_str())) {
        let Some(file) = file_of(&files, statute) else {
            missing.push(format!("{}: no text is titled {}", statute.id, statute.title.zh));
            continue;
        };
        for number in statute.articles.keys() {
            let by_heading = BY_HEADING.contains(&statute.id.as_str());
            let numbered = || file.statute.articles.iter().any(|(known, _)| known == number);
            if !(if by_heading { heading_stands(file, number) } else { numbered() }) {
                missing.push(format!("{}#{number}", statute.id));
            }
            compared += 1;
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(compared > 250, "{compared} articles were compared");
}

#[test]
fn an_article_that_a_text_does_not_have_is_missed() {
    let Some(files) = files() else { return };
    let titled = |end: &str| files.iter().find(|file| file.statute.title.ends_with(end)).expect("the text is there");
    let random = titled("随机抽查规范事中事后监管的通知");
    assert!(heading_stands(random, "2.4") && !heading_stands(random, "2.5") && !heading_stands(random, "6.1"));
    let opinion = titled("的指导意见");
    assert!(heading_stands(opinion, "14") && !heading_stands(opinion, "19.1"));
    let penalties = titled("行政处罚法");
    assert!(!penalties.statute.articles.iter().any(|(number, _)| number == "87"));
}

/// A promise of our own is nobody's statute, and both lists speak of statutes that the pack has.
#[test]
fn the_exceptions_are_statutes_of_the_pack() {
    let pack = Pack::embedded().expect("the shipped pack loads");
    for id in OWN_PROMISES.iter().chain(&BY_HEADING) {
        assert!(pack.statutes.iter().any(|statute| statute.id == *id), "{id}");
    }
    let Some(files) = files() else { return };
    for id in OWN_PROMISES {
        let promise = pack.statutes.iter().find(|statute| statute.id == id).unwrap();
        assert!(file_of(&files, promise).is_none(), "{id} has a text after all: compare it");
    }
}
