//! Does SQLite's FTS5 find by our tokens what stands in the text, and nothing else?
//!
//! The slow twin is `str::contains` over the folded text.
#![expect(clippy::unwrap_used, reason = "a test that cannot reach its database has nothing to say")]

use guiju_text::{fold, index_text, query_tokens};
use sqlx::{Connection, Row, SqliteConnection};

const TEXTS: [&str; 8] = [
    "市工业和信息化局，无线电管理科",
    "企业反映５Ｇ基站信号弱，请工信部门协调。",
    "统一社会信用代码 91350100M000100Y43",
    "工信，局",
    "𠮷祥食品厂 电力增容",
    "年产1e5吨 0x1f -7.5 A/B-2024 a.b@c.example http://x.example/a?b=1",
    "été Ω 3",
    "办",
];

async fn index() -> SqliteConnection {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::query("CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='unicode61 remove_diacritics 0')")
        .execute(&mut db)
        .await
        .unwrap();
    for (row, text) in TEXTS.iter().enumerate() {
        sqlx::query("INSERT INTO t(rowid, body) VALUES (?, ?)")
            .bind(row as i64)
            .bind(index_text(text))
            .execute(&mut db)
            .await
            .unwrap();
    }
    db
}

async fn found(db: &mut SqliteConnection, asked: &str) -> Vec<i64> {
    sqlx::query("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid")
        .bind(query_tokens(asked).to_fts5())
        .fetch_all(db)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// Each two, three and four neighbouring Han characters of any text find exactly the texts that contain them.
#[tokio::test]
async fn a_phrase_finds_what_contains_it_and_nothing_else() {
    let mut db = index().await;
    let mut asked = 0;
    for text in TEXTS {
        let characters: Vec<char> = fold(text).chars().collect();
        for width in 1..=4 {
            for part in characters
                .windows(width)
                .filter(|part| part.iter().all(|c| *c as u32 > 0x3400 && *c < '\u{FF00}' || *c as u32 > 0x2_0000))
            {
                let part: String = part.iter().collect();
                let contained: Vec<i64> =
                    (0..).zip(TEXTS).filter(|(_, text)| fold(text).contains(&part)).map(|(row, _)| row).collect();
                assert_eq!(found(&mut db, &part).await, contained, "{part}");
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "only {asked} phrases were tried");
}

#[tokio::test]
async fn codes_and_words_are_found_by_their_beginning() {
    let mut db = index().await;
    for (asked, rows) in [
        ("9135", vec![2]),
        ("５g", vec![1]),
        ("5G 信号", vec![1]),
        ("1e5", vec![5]),
        ("2024", vec![5]),
        ("ÉTÉ", vec![6]),
        ("工信局", vec![]),
        ("", vec![]),
    ] {
        let answer = if asked.is_empty() { vec![] } else { found(&mut db, asked).await };
        assert_eq!(answer, rows, "{asked}");
    }
}
