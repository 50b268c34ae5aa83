//! A small bureau that writes its own data folder, as plainly as the formats allow, so that it can be spoilt afterwards.
//!
//! It shares the kernel's bytes with the real writer and nothing else; every table of `docs/formats/tables.md` gets rows.

use guiju_kernel::canon;
use guiju_kernel::ledger::entry::personal_hash;
use guiju_kernel::ledger::vault::{Place, VaultKey};
use guiju_kernel::ledger::{Entry, Salt, SigningKey, Tree, checkpoint};
use guiju_kernel::time;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::path::Path;

const SQLITE: &str = include_str!("../../../store/migrations/sqlite/0001_records_and_rows.sql");
const POSTGRES: &str = include_str!("../../../store/migrations/postgres/0001_records_and_rows.sql");
const ORIGINS: [&str; 2] = ["guiju.example/events", "guiju.example/readings"];
const START_MS: i64 = 1_704_067_200_000;
const HOUR_MS: i64 = 3_600_000;

/// A cell to be bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Bind {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Value> for Bind {
    fn from(value: &Value) -> Bind {
        match value {
            Value::Null => Bind::Null,
            Value::Number(number) => Bind::Int(number.as_i64().unwrap()),
            Value::String(text) => Bind::Text(text.clone()),
            other => Bind::Text(String::from_utf8(canon::to_bytes(other).unwrap()).unwrap()),
        }
    }
}

/// Table name to rows.
type Tables = BTreeMap<&'static str, Vec<Vec<Bind>>>;

/// The bureau while it works: folded rows are kept by hand, apart from the effects that the records carry.
pub struct Bureau {
    salts: u64,
    trees: [Tree; 2],
    recorded: i64,
    rows: BTreeMap<(&'static str, String), Map<String, Value>>,
    written: Tables,
    keys: BTreeMap<String, VaultKey>,
    packs: Vec<String>,
    effects: Vec<Value>,
    personal: Map<String, Value>,
    files: Vec<Value>,
}

fn seed(label: &str, number: u64) -> [u8; 32] {
    Sha256::digest(format!("{label} {number}")).into()
}

fn party(number: u64) -> String {
    format!("91370100{number:09}X")
}

impl Bureau {
    pub fn new() -> Bureau {
        let mut bureau = Bureau {
            salts: 0,
            trees: [Tree::new(), Tree::new()],
            recorded: START_MS,
            rows: BTreeMap::new(),
            written: Tables::new(),
            keys: BTreeMap::new(),
            packs: Vec::new(),
            effects: Vec::new(),
            personal: Map::new(),
            files: Vec::new(),
        };
        for version in ["pack: first\n", "pack: second\n"] {
            let hash = hex::encode(Sha256::digest(version));
            bureau.put("packs", vec![Bind::Text(hash.clone()), Bind::Blob(version.into())]);
            bureau.packs.push(hash);
        }
        bureau
    }

    fn put(&mut self, table: &'static str, row: Vec<Bind>) {
        self.written.entry(table).or_default().push(row);
    }

    fn salt(&mut self) -> Salt {
        self.salts += 1;
        Salt::new(seed("salt", self.salts))
    }

    fn seq(&self) -> u64 {
        self.trees[0].size()
    }

    /// Patches a folded row (RFC 7396 by hand, one level of `doc`) and remembers the effect.
    fn change(&mut self, table: &'static str, key: &str, patch: Value) {
        let slot = self.rows.entry((table, key.to_owned())).or_default();
        for (name, value) in patch.as_object().unwrap() {
            match (slot.get_mut(name), value) {
                (Some(Value::Object(doc)), Value::Object(members)) => {
                    for (member, value) in members {
                        if value.is_null() {
                            doc.remove(member)
                        } else {
                            doc.insert(member.clone(), value.clone())
                        };
                    }
                }
                _ => drop(slot.insert(name.clone(), value.clone())),
            }
        }
        self.effects.push(json!({"t": table, "k": key, "p": patch}));
    }

    fn remove(&mut self, table: &'static str, key: &str) {
        assert!(self.rows.remove(&(table, key.to_owned())).is_some());
        self.effects.push(json!({"t": table, "k": key, "p": null}));
    }

    /// Seals a personal value for the record that is being made.
    fn personal(&mut self, party: &str, field: &str, value: &str) {
        let (salt, seq) = (self.salt(), self.seq());
        let key = self.keys.entry(party.to_owned()).or_insert_with(|| VaultKey::new(seed(party, 0)).unwrap());
        let sealed = key.seal(&Place { log: "events", seq, field }, &salt, value.as_bytes()).unwrap();
        self.personal.insert(field.to_owned(), personal_hash(&salt, value.as_bytes()).to_hex().into());
        let row = vec![Bind::Int(seq as i64), Bind::Text(field.into()), Bind::Text(party.into()), Bind::Blob(sealed)];
        self.put("vault", row);
    }

    fn file(&mut self, party: &str, field: &str, content: &[u8]) {
        let key = self.keys.entry(party.to_owned()).or_insert_with(|| VaultKey::new(seed(party, 0)).unwrap());
        let sealed = key.seal_file(party, content).unwrap();
        let stored = hex::encode(Sha256::digest(&sealed));
        let mark = json!({"field": field, "stored": stored, "bytes": content.len(), "media": "application/pdf"});
        self.files.push(mark);
        let row = vec![Bind::Text(stored), Bind::Text(party.into()), Bind::Blob(sealed)];
        if !self.written.get("files").is_some_and(|files| files.contains(&row)) {
            self.put("files", row);
        }
    }

    /// Ends the record that is being made.
    fn record(&mut self, act: &str, case: Option<(u64, &str)>, party: Option<&str>) {
        let seq = self.seq();
        self.recorded += 61_007;
        let done = self.recorded - 5_000;
        let moment = |ms| time::print(time::from_millis(ms).unwrap());
        let mut record = json!({
            "v": 1, "seq": seq, "done": moment(done), "recorded": moment(self.recorded), "organ": "gxj", "origin": "own",
            "by": [{"kind": "officer", "id": "zhang", "organ": "gxj", "unit": "office"}], "act": act,
            "pack": self.packs[usize::from(seq > 50)], "given": {"title": format!("关于第 {seq} 号事项的请求"), "count": 3},
            "effects": std::mem::take(&mut self.effects),
        });
        if let Some((id, to)) = case {
            record["case"] = json!({"id": id, "procedure": "request.platform", "to": to});
        }
        if !self.personal.is_empty() {
            record["personal"] = std::mem::take(&mut self.personal).into();
        }
        if let Some(party) = party {
            record["party"] = party.into();
        }
        if !self.files.is_empty() {
            record["files"] = std::mem::take(&mut self.files).into();
        }
        let (id, state) =
            case.map_or((Bind::Null, Bind::Null), |(id, to)| (Bind::Int(id as i64), Bind::Text(to.into())));
        let columns = vec![id, Bind::Text(act.into()), state, Bind::Int(done)];
        self.append(0, columns, &record);
    }

    fn append(&mut self, log: usize, columns: Vec<Bind>, record: &Value) {
        let (salt, seq) = (self.salt(), self.trees[log].size());
        let bytes = canon::to_bytes(record).unwrap();
        for tile in self.trees[log].append(Entry::commit(&salt, &bytes).leaf()) {
            let place = [log as i64, tile.id.level.into(), tile.id.index as i64].map(Bind::Int);
            self.put("tiles", place.into_iter().chain([Bind::Blob(tile.bytes)]).collect());
        }
        let mut row = vec![Bind::Int(seq as i64)];
        row.extend(columns);
        row.push(Bind::Int(self.recorded));
        row.extend([Bind::Text(String::from_utf8(bytes).unwrap()), Bind::Blob(salt.as_bytes().to_vec())]);
        self.put(["events", "readings"][log], row);
    }

    /// One request: filed, dispatched, perhaps answered and closed.
    pub fn request(&mut self, id: u64) {
        let (party, case) = (party(id % 17), id.to_string());
        self.personal(&party, "phone", &format!("1380000{id:04}"));
        self.personal(&party, "name", "某某");
        if id.is_multiple_of(5) {
            self.file(&party, "attachment", format!("%PDF-1.7 {}", id % 10).as_bytes());
        }
        self.change("cases", &case, json!({
            "id": id, "number": format!("2024-{id:06}"), "procedure": "request.platform", "pack": self.packs[0], "state": "filed",
            "subject": party, "organ": "gxj", "opened": self.recorded, "version": 1, "level": 0, "round": 0,
            "headline": format!("关于用电的请求 {id}"), "doc": {"fields": {"title": "请求"}, "note": "待办"},
        }));
        let due = (!id.is_multiple_of(3)).then_some(self.recorded + 7 * 24 * HOUR_MS);
        self.change("holdings", &format!("{id}/0"), json!({
            "case_id": id, "part": 0, "organ": "gxj", "unit": if id.is_multiple_of(2) { "office" } else { "power" }, "open": 1, "due": due,
        }));
        self.change(
            "timers",
            &format!("{id}/remind"),
            json!({"case_id": id, "name": "remind", "at": self.recorded + HOUR_MS}),
        );
        self.change("numbers", "2024", json!({"series": "2024", "last": id}));
        self.change("once", &format!("token-{id}"), json!({"token": format!("token-{id}"), "seq": self.seq()}));
        self.record("file", Some((id, "filed")), Some(&party));
        self.change(
            "cases",
            &case,
            json!({"state": "dispatched", "version": 2, "doc": {"dispatcher": "zhang", "note": null}}),
        );
        self.change("timers", &format!("{id}/remind"), json!({"at": self.recorded + 2 * HOUR_MS}));
        self.record("dispatch", Some((id, "dispatched")), None);
        if id % 4 != 3 {
            let ended = self.recorded;
            self.change("cases", &case, json!({"state": "closed", "outcome": "answered", "ended": ended, "version": 3, "doc": {"answer": "已办"}}));
            self.change("holdings", &format!("{id}/0"), json!({"open": 0}));
            self.remove("timers", &format!("{id}/remind"));
            self.record("close", Some((id, "closed")), None);
        }
    }

    /// One version of an entry of the enterprise register, and the end of the one before.
    pub fn enterprise(&mut self, key: &str, version: u64) {
        let since = self.recorded;
        if version > 1 {
            self.change("entries", &format!("enterprise/{key}/{}", version - 1), json!({"until": since}));
        }
        self.change("entries", &format!("enterprise/{key}/{version}"), json!({
            "register": "enterprise", "key": key, "version": version, "since": since, "seq": self.seq(), "doc": {"name": "某某公司", "size": version},
        }));
        self.record("register", None, None);
    }

    /// Somebody looked at an unmasked value.
    pub fn reading(&mut self) {
        self.recorded += 7;
        let moment = time::print(time::from_millis(self.recorded).unwrap());
        let record = json!({"v": 1, "seq": self.trees[1].size(), "recorded": moment, "by": "zhang", "read": {"seq": 0, "field": "phone"}});
        self.append(1, vec![], &record);
    }

    /// Erases a party: its payloads go, its key goes, the record names them.
    pub fn erase(&mut self, number: u64) {
        let (gone, by_seq) = (party(number), self.seq());
        let vault = self.written.remove("vault").unwrap_or_default();
        let (erased, kept): (Vec<_>, Vec<_>) = vault.into_iter().partition(|row| row[2] == Bind::Text(gone.clone()));
        assert!(!erased.is_empty());
        self.written.insert("vault", kept);
        let mut places: Vec<(i64, String)> = Vec::new();
        for row in erased {
            if let [Bind::Int(seq), Bind::Text(field), ..] = row.as_slice() {
                places.push((*seq, field.clone()));
            }
        }
        for row in self.written.get("events").into_iter().flatten() {
            let [Bind::Int(seq), .., Bind::Text(bytes), _] = row.as_slice() else { continue };
            let record: Value = serde_json::from_str(bytes).unwrap();
            if record["party"] == json!(gone) && record.get("files").is_some() {
                places.push((*seq, "attachment".to_owned()));
            }
        }
        for (seq, field) in places {
            self.change("erased", &format!("{seq}/{field}"), json!({"seq": seq, "field": field, "by_seq": by_seq}));
        }
        self.keys.remove(&gone);
        self.record("erase", None, None);
    }

    /// Publishes the head of a log.
    pub fn publish(&mut self, log: usize) -> String {
        let note = self.sign(log);
        let size = self.trees[log].size() as i64;
        self.put("checkpoints", vec![Bind::Int(log as i64), Bind::Int(size), Bind::Text(note.clone())]);
        note
    }

    fn sign(&self, log: usize) -> String {
        let key = SigningKey::from_seed(ORIGINS[log], &seed("ledger", 0)).unwrap();
        checkpoint::sign(ORIGINS[log], self.trees[log].size(), &self.trees[log].root(), &key).unwrap()
    }

    /// Writes the folder.
    pub async fn write(self, folder: &Path) {
        write_keys(folder);
        std::fs::write(folder.join("lock"), "").unwrap();
        let options = SqliteConnectOptions::new().filename(folder.join("guiju.sqlite")).create_if_missing(true);
        let mut database = options.foreign_keys(false).connect().await.unwrap();
        sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut database).await.unwrap();
        sqlx::raw_sql(SQLITE).execute(&mut database).await.unwrap();
        self.insert(&mut Sink::Sqlite(&mut database)).await;
        database.close().await.unwrap();
    }

    /// Writes a PostgreSQL database, and the key files into `keys` below `folder`.
    pub async fn write_postgres(self, url: &str, folder: &Path) {
        write_keys(folder);
        let mut database = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(POSTGRES).execute(&mut database).await.unwrap();
        self.insert(&mut Sink::Postgres(&mut database)).await;
        database.close().await.unwrap();
    }

    async fn insert(mut self, sink: &mut Sink<'_>) {
        for log in 0..2 {
            let (size, note) = (self.trees[log].size() as i64, self.sign(log));
            self.put("heads", vec![Bind::Int(log as i64), Bind::Int(size), Bind::Text(note)]);
        }
        let master = VaultKey::new(seed("master", 0)).unwrap();
        for (party, key) in std::mem::take(&mut self.keys) {
            let wrapped = master.wrap(&party, &key).unwrap();
            self.put("party_keys", vec![Bind::Text(party), Bind::Blob(wrapped)]);
        }
        self.count_holdings();
        sink.run("BEGIN").await;
        for ((table, _), row) in &self.rows {
            let columns: Vec<String> = row.keys().map(|name| format!("\"{name}\"")).collect();
            let into = format!("{table} ({})", columns.join(", "));
            sink.insert(&into, &row.values().map(Bind::from).collect::<Vec<_>>()).await;
        }
        for (table, rows) in &self.written {
            for row in rows {
                sink.insert(table, row).await;
            }
        }
        sink.run("COMMIT").await;
    }

    fn count_holdings(&mut self) {
        let mut counts: BTreeMap<(String, String, i64), i64> = BTreeMap::new();
        for ((table, _), row) in &self.rows {
            if *table == "holdings" && row["open"] == json!(1) {
                let day = row["due"].as_i64().map_or(-1, |due| (due + 8 * HOUR_MS).div_euclid(24 * HOUR_MS));
                let text = |name: &str| row[name].as_str().unwrap().to_owned();
                *counts.entry((text("organ"), text("unit"), day)).or_default() += 1;
            }
        }
        for ((organ, unit, day), n) in counts {
            self.put("counts", vec![Bind::Text(organ), Bind::Text(unit), Bind::Int(day), Bind::Int(n)]);
        }
    }
}

fn write_keys(folder: &Path) {
    let keys = folder.join("keys");
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::write(keys.join("ledger.key"), hex::encode(seed("ledger", 0)) + "\n").unwrap();
    std::fs::write(keys.join("master.key"), hex::encode(seed("master", 0)) + "\n").unwrap();
    for (file, origin) in ["ledger.vkey", "readings.vkey"].iter().zip(ORIGINS) {
        let key = SigningKey::from_seed(origin, &seed("ledger", 0)).unwrap();
        std::fs::write(keys.join(file), format!("{}\n", key.verifier())).unwrap();
    }
}

/// Where rows go.
enum Sink<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Sink<'_> {
    async fn run(&mut self, sql: &'static str) {
        match self {
            Sink::Sqlite(database) => drop(sqlx::raw_sql(sql).execute(&mut **database).await.unwrap()),
            Sink::Postgres(database) => drop(sqlx::raw_sql(sql).execute(&mut **database).await.unwrap()),
        }
    }

    async fn insert(&mut self, into: &str, row: &[Bind]) {
        let mut bound = 0;
        let marks = row.iter().map(|cell| {
            bound += usize::from(*cell != Bind::Null);
            if *cell == Bind::Null { "NULL".to_owned() } else { format!("${bound}") }
        });
        let sql = sqlx::AssertSqlSafe(format!("INSERT INTO {into} VALUES ({})", marks.collect::<Vec<_>>().join(", ")));
        macro_rules! bind {
            ($query:ident) => {
                for cell in row {
                    $query = match cell {
                        Bind::Null => $query,
                        Bind::Int(int) => $query.bind(*int),
                        Bind::Text(text) => $query.bind(text.clone()),
                        Bind::Blob(bytes) => $query.bind(bytes.clone()),
                    };
                }
            };
        }
        match self {
            Sink::Sqlite(database) => {
                let mut query = sqlx::query(sql);
                bind!(query);
                query.execute(&mut **database).await.unwrap();
            }
            Sink::Postgres(database) => {
                let mut query = sqlx::query(sql);
                bind!(query);
                query.execute(&mut **database).await.unwrap();
            }
        }
    }
}

/// A bureau with every kind of row, and the checkpoint that it published midway.
pub fn small(requests: u64) -> (Bureau, String) {
    let mut bureau = Bureau::new();
    let mut kept = String::new();
    for id in 0..requests {
        bureau.request(id);
        if id.is_multiple_of(10) {
            bureau.enterprise("91370100MA00000001", id / 10 + 1);
            bureau.reading();
        }
        if id == requests / 2 {
            kept = bureau.publish(0);
            bureau.publish(1);
            bureau.erase(3);
        }
    }
    (bureau, kept)
}
