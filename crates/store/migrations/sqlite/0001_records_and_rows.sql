-- Tables of a data folder, described in docs/formats/tables.md. Times are integer milliseconds since 1970-01-01T00:00Z.
-- Every table keeps SQLite's hidden row number, so that any column of any row can be addressed from outside (verify, its tests).

-- Records ------------------------------------------------------------------------------------------------------------

-- The record of acts. Guards "nothing is edited or deleted": the program only ever inserts here.
CREATE TABLE events (
    seq      INTEGER PRIMARY KEY CHECK (seq >= 0), -- the entry's index in the tree: one record a number
    case_id  INTEGER,                              -- NULL where the record is about no case
    act      TEXT    NOT NULL,
    state    TEXT,                                 -- state after the act
    done     INTEGER NOT NULL,                     -- clocks and figures go by this
    recorded INTEGER NOT NULL,                     -- the ledger goes by this; never before the record ahead of it
    bytes    TEXT    NOT NULL,                     -- canonical JSON
    salt     BLOB    NOT NULL CHECK (length(salt) = 32)
) STRICT;
-- A case file is read in order; it holds all that figures ask of a step, so that they never touch the wide table.
CREATE INDEX events_of_case ON events (case_id, seq, act, state, done) WHERE case_id IS NOT NULL;

-- Unmasked readings of personal data: a tree of its own.
CREATE TABLE readings (
    seq      INTEGER PRIMARY KEY CHECK (seq >= 0),
    recorded INTEGER NOT NULL,
    bytes    TEXT    NOT NULL,
    salt     BLOB    NOT NULL CHECK (length(salt) = 32)
) STRICT;

-- Full tiles of both trees. Guards that a tile once full never changes.
CREATE TABLE tiles (
    log   INTEGER NOT NULL CHECK (log IN (0, 1)),
    level INTEGER NOT NULL CHECK (level >= 0),
    idx   INTEGER NOT NULL CHECK (idx >= 0),
    data  BLOB    NOT NULL,
    PRIMARY KEY (log, level, idx)
) STRICT;

-- The signed head after the latest commit: one a log.
CREATE TABLE heads (
    log  INTEGER PRIMARY KEY CHECK (log IN (0, 1)),
    size INTEGER NOT NULL CHECK (size >= 0),
    note TEXT    NOT NULL
) STRICT;

-- Published heads. Guards that what was published stays published.
CREATE TABLE checkpoints (
    log  INTEGER NOT NULL CHECK (log IN (0, 1)),
    size INTEGER NOT NULL CHECK (size >= 0),
    note TEXT    NOT NULL,
    PRIMARY KEY (log, size)
) STRICT;

-- Folded: equal to the fold of the events' effects -------------------------------------------------------------------

CREATE TABLE cases (
    id            INTEGER PRIMARY KEY CHECK (id >= 0),
    number        TEXT    NOT NULL UNIQUE, -- one run of a procedure, one number
    procedure     TEXT    NOT NULL,
    pack          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    outcome       TEXT,
    subject       TEXT,
    organ         TEXT    NOT NULL,
    origin_system TEXT,
    origin_number TEXT,
    origin_batch  TEXT,
    opened        INTEGER NOT NULL,
    ended         INTEGER,
    version       INTEGER NOT NULL,
    level         INTEGER NOT NULL,
    round         INTEGER NOT NULL,
    headline      TEXT    NOT NULL,
    doc           TEXT    NOT NULL
) STRICT;
CREATE INDEX cases_of_procedure ON cases (procedure, id);
-- A party's own matters, newest first.
CREATE INDEX cases_of_subject ON cases (subject, id) WHERE subject IS NOT NULL;

-- Whose desk a case lies on.
CREATE TABLE holdings (
    case_id INTEGER NOT NULL REFERENCES cases (id), -- no desk holds a case that is not there
    part    INTEGER NOT NULL,
    organ   TEXT    NOT NULL,
    unit    TEXT    NOT NULL,
    person  TEXT,
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),
    due     INTEGER CHECK (due >= 0), -- day -1 of `counts` means "no due moment": no true day may bear it
    PRIMARY KEY (case_id, part)
) STRICT;
-- The inbox in its order: by true deadline, those without one last.
CREATE INDEX holdings_inbox ON holdings (organ, unit, coalesce(due, 9223372036854775807), case_id, part) WHERE open = 1;
-- The same for one person's desk.
CREATE INDEX holdings_desk ON holdings (organ, unit, person, coalesce(due, 9223372036854775807), case_id, part)
    WHERE open = 1 AND person IS NOT NULL;

-- When something rings next.
CREATE TABLE timers (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    name    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (case_id, name) -- one timer of a name at a time
) STRICT;
-- Reminders and escalations are found by time, never by a sweep over cases.
CREATE INDEX timers_by_time ON timers (at, case_id, name);

-- Versions of register entries.
CREATE TABLE entries (
    register TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    until    INTEGER,
    seq      INTEGER NOT NULL,
    doc      TEXT    NOT NULL,
    PRIMARY KEY (register, key, version)
) STRICT;
-- At most one version of an entry is in force.
CREATE UNIQUE INDEX entries_in_force ON entries (register, key) WHERE until IS NULL;

-- Guards that a number is never given twice: the last one of each series.
CREATE TABLE numbers (
    series TEXT    PRIMARY KEY,
    last   INTEGER NOT NULL CHECK (last >= 0)
) STRICT;

-- Guards that one form leads to one record, however often it is sent.
CREATE TABLE once (
    token TEXT    PRIMARY KEY,
    seq   INTEGER NOT NULL
) STRICT;

-- Personal payloads that were erased, and by which act.
CREATE TABLE erased (
    seq    INTEGER NOT NULL,
    field  TEXT    NOT NULL,
    by_seq INTEGER NOT NULL,
    PRIMARY KEY (seq, field)
) STRICT;

-- Committed: bound by hashes in events -------------------------------------------------------------------------------

-- Personal values under the party's key.
CREATE TABLE vault (
    seq    INTEGER NOT NULL,
    field  TEXT    NOT NULL,
    party  TEXT    NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (seq, field)
) STRICT;
-- An erasure names every payload of the party.
CREATE INDEX vault_of_party ON vault (party, seq, field);

-- The party's key under the master key; the row goes when the party is erased.
CREATE TABLE party_keys (
    party   TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;

-- Attachments, encrypted, by the hash of what is stored.
CREATE TABLE files (
    stored  TEXT PRIMARY KEY,
    party   TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;

-- Every pack version ever used.
CREATE TABLE packs (
    hash  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Derived, recounted by verify ---------------------------------------------------------------------------------------

-- Open holdings by the day they are due: what the inbox's counts are summed from. A day with none has no row.
CREATE TABLE counts (
    organ TEXT    NOT NULL,
    unit  TEXT    NOT NULL,
    day   INTEGER NOT NULL CHECK (day >= -1),
    n     INTEGER NOT NULL CHECK (n >= 0), -- a negative count would mean that a closing was counted twice
    PRIMARY KEY (organ, unit, day)
) STRICT;
CREATE INDEX counts_spent ON counts (organ, unit, day) WHERE n = 0;

-- Ephemeral: not verified ----------------------------------------------------------------------------------------------

CREATE TABLE sessions (
    id      TEXT    PRIMARY KEY,
    account TEXT    NOT NULL,
    data    TEXT    NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_end ON sessions (expires);

CREATE TABLE drafts (
    id        TEXT    PRIMARY KEY,
    owner     TEXT    NOT NULL,
    procedure TEXT    NOT NULL,
    data      TEXT    NOT NULL,
    updated   INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_of_owner ON drafts (owner, updated);

-- Refusals, sign-ins, faults.
CREATE TABLE operations (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    account TEXT,
    text    TEXT    NOT NULL
) STRICT;

-- The writer's fenced lease: one row. Guards "one writer at a time".
CREATE TABLE lease (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    holder  TEXT    NOT NULL,
    number  INTEGER NOT NULL, -- grows with every taking: an overtaken holder is known by its older number
    until   INTEGER NOT NULL,
    commits INTEGER NOT NULL -- as on PostgreSQL, where it settles whether a commit whose answer was lost was stored
) STRICT;

-- The full-text index: tokens made in Rust (ADR 0030), the row number is the case. The texts are not kept here, and what is
-- replaced or dropped leaves the index at once, not when segments happen to merge.
CREATE VIRTUAL TABLE search USING fts5 (tokens, content = '', contentless_delete = 1, tokenize = 'ascii');
