-- Tables of a data folder, described in docs/formats/tables.md. Times are integer milliseconds since 1970-01-01T00:00Z.
-- Keys that are texts compare by their bytes (COLLATE "C"), as SQLite does: pages must have one order, whatever the server's language.

-- Records ------------------------------------------------------------------------------------------------------------

-- The record of acts. Guards "nothing is edited or deleted": the program only ever inserts here.
CREATE TABLE events (
    seq      BIGINT PRIMARY KEY CHECK (seq >= 0), -- the entry's index in the tree: one record a number
    case_id  BIGINT,                             -- NULL where the record is about no case
    act      TEXT NOT NULL,
    state    TEXT,                               -- state after the act
    done     BIGINT NOT NULL,                    -- clocks and figures go by this
    recorded BIGINT NOT NULL,                    -- the ledger goes by this; never before the record ahead of it
    bytes    TEXT NOT NULL,                      -- canonical JSON
    salt     BYTEA NOT NULL CHECK (octet_length(salt) = 32)
);
-- A case file is read in order; it holds all that figures ask of a step, so that they never touch the wide table.
CREATE INDEX events_of_case ON events (case_id, seq, act, state, done) WHERE case_id IS NOT NULL;

-- Unmasked readings of personal data: a tree of its own.
CREATE TABLE readings (
    seq      BIGINT PRIMARY KEY CHECK (seq >= 0),
    recorded BIGINT NOT NULL,
    bytes    TEXT NOT NULL,
    salt     BYTEA NOT NULL CHECK (octet_length(salt) = 32)
);

-- Full tiles of both trees. Guards that a tile once full never changes.
CREATE TABLE tiles (
    log   BIGINT NOT NULL CHECK (log IN (0, 1)),
    level BIGINT NOT NULL CHECK (level >= 0),
    idx   BIGINT NOT NULL CHECK (idx >= 0),
    data  BYTEA NOT NULL,
    PRIMARY KEY (log, level, idx)
);

-- The signed head after the latest commit: one a log.
CREATE TABLE heads (
    log  BIGINT PRIMARY KEY CHECK (log IN (0, 1)),
    size BIGINT NOT NULL CHECK (size >= 0),
    note TEXT NOT NULL
);

-- Published heads. Guards that what was published stays published.
CREATE TABLE checkpoints (
    log  BIGINT NOT NULL CHECK (log IN (0, 1)),
    size BIGINT NOT NULL CHECK (size >= 0),
    note TEXT NOT NULL,
    PRIMARY KEY (log, size)
);

-- Folded: equal to the fold of the events' effects -------------------------------------------------------------------

CREATE TABLE cases (
    id            BIGINT PRIMARY KEY CHECK (id >= 0),
    number        TEXT COLLATE "C" NOT NULL UNIQUE, -- one run of a procedure, one number
    procedure     TEXT COLLATE "C" NOT NULL,
    pack          TEXT NOT NULL,
    state         TEXT NOT NULL,
    outcome       TEXT,
    subject       TEXT COLLATE "C",
    organ         TEXT COLLATE "C" NOT NULL,
    origin_system TEXT,
    origin_number TEXT,
    origin_batch  TEXT,
    opened        BIGINT NOT NULL,
    ended         BIGINT,
    version       BIGINT NOT NULL,
    level         BIGINT NOT NULL,
    round         BIGINT NOT NULL,
    headline      TEXT NOT NULL,
    doc           TEXT NOT NULL
);
CREATE INDEX cases_of_procedure ON cases (procedure, id);
-- A party's own matters, newest first.
CREATE INDEX cases_of_subject ON cases (subject, id) WHERE subject IS NOT NULL;

-- Whose desk a case lies on.
CREATE TABLE holdings (
    case_id BIGINT NOT NULL REFERENCES cases (id), -- no desk holds a case that is not there
    part    BIGINT NOT NULL,
    organ   TEXT COLLATE "C" NOT NULL,
    unit    TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C",
    open    BIGINT NOT NULL CHECK (open IN (0, 1)),
    due     BIGINT CHECK (due >= 0), -- day -1 of `counts` means "no due moment": no true day may bear it
    PRIMARY KEY (case_id, part)
);
-- The inbox in its order: by true deadline, those without one last.
CREATE INDEX holdings_inbox ON holdings (organ, unit, coalesce(due, 9223372036854775807), case_id, part) WHERE open = 1;
-- The same for one person's desk.
CREATE INDEX holdings_desk ON holdings (organ, unit, person, coalesce(due, 9223372036854775807), case_id, part)
    WHERE open = 1 AND person IS NOT NULL;

-- When something rings next.
CREATE TABLE timers (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    name    TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, name) -- one timer of a name at a time
);
-- Reminders and escalations are found by time, never by a sweep over cases.
CREATE INDEX timers_by_time ON timers (at, case_id, name);

-- Versions of register entries.
CREATE TABLE entries (
    register TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    version  BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT,
    seq      BIGINT NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (register, key, version)
);
-- At most one version of an entry is in force.
CREATE UNIQUE INDEX entries_in_force ON entries (register, key) WHERE until IS NULL;

-- Guards that a number is never given twice: the last one of each series.
CREATE TABLE numbers (
    series TEXT COLLATE "C" PRIMARY KEY,
    last   BIGINT NOT NULL CHECK (last >= 0)
);

-- Guards that one form leads to one record, however often it is sent.
CREATE TABLE once (
    token TEXT COLLATE "C" PRIMARY KEY,
    seq   BIGINT NOT NULL
);

-- Personal payloads that were erased, and by which act.
CREATE TABLE erased (
    seq    BIGINT NOT NULL,
    field  TEXT COLLATE "C" NOT NULL,
    by_seq BIGINT NOT NULL,
    PRIMARY KEY (seq, field)
);

-- Committed: bound by hashes in events -------------------------------------------------------------------------------

-- Personal values under the party's key.
CREATE TABLE vault (
    seq    BIGINT NOT NULL,
    field  TEXT COLLATE "C" NOT NULL,
    party  TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (seq, field)
);
-- An erasure names every payload of the party.
CREATE INDEX vault_of_party ON vault (party, seq, field);

-- The party's key under the master key; the row goes when the party is erased.
CREATE TABLE party_keys (
    party   TEXT COLLATE "C" PRIMARY KEY,
    wrapped BYTEA NOT NULL
);

-- Attachments, encrypted, by the hash of what is stored.
CREATE TABLE files (
    stored  TEXT COLLATE "C" PRIMARY KEY,
    party   TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL
);

-- Every pack version ever used.
CREATE TABLE packs (
    hash  TEXT COLLATE "C" PRIMARY KEY,
    bytes BYTEA NOT NULL
);

-- Derived, recounted by verify ---------------------------------------------------------------------------------------

-- Open holdings by the day they are due: what the inbox's counts are summed from. A day with none has no row.
CREATE TABLE counts (
    organ TEXT COLLATE "C" NOT NULL,
    unit  TEXT COLLATE "C" NOT NULL,
    day   BIGINT NOT NULL CHECK (day >= -1),
    n     BIGINT NOT NULL CHECK (n >= 0), -- a negative count would mean that a closing was counted twice
    PRIMARY KEY (organ, unit, day)
);
CREATE INDEX counts_spent ON counts (organ, unit, day) WHERE n = 0;

-- Ephemeral: not verified ----------------------------------------------------------------------------------------------

CREATE TABLE sessions (
    id      TEXT COLLATE "C" PRIMARY KEY,
    account TEXT NOT NULL,
    data    TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (expires);

CREATE TABLE drafts (
    id        TEXT COLLATE "C" PRIMARY KEY,
    owner     TEXT COLLATE "C" NOT NULL,
    procedure TEXT COLLATE "C" NOT NULL,
    data      TEXT NOT NULL,
    updated   BIGINT NOT NULL
);
CREATE INDEX drafts_of_owner ON drafts (owner, updated);

-- Refusals, sign-ins, faults.
CREATE TABLE operations (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    account TEXT,
    text    TEXT NOT NULL
);

-- The writer's fenced lease: one row. Guards "one writer at a time".
CREATE TABLE lease (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    holder  TEXT NOT NULL,
    number  BIGINT NOT NULL, -- grows with every taking: an overtaken holder is known by its older number
    until   BIGINT NOT NULL,
    commits BIGINT NOT NULL -- settles whether a commit whose answer was lost was stored
);

-- The full-text index: tokens made in Rust (ADR 0030), which the vector holds as they are; no text search configuration is involved.
CREATE TABLE search (
    case_id BIGINT PRIMARY KEY,
    tokens  TSVECTOR NOT NULL
);
CREATE INDEX search_tokens ON search USING gin (tokens);
