-- Publications (公示), derived from the cases and ephemeral: where each line of the public list is found, and what is still owed. The
-- program makes it anew when it was made by another pack; what a page shows is read from the case itself.
CREATE TABLE publications (
    case_id   BIGINT NOT NULL REFERENCES cases (id), -- no case, no publication
    what      TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    organ     TEXT COLLATE "C" NOT NULL,
    party     TEXT COLLATE "C",                     -- NULL where the party is not named in public: nobody finds it by its party
    due       BIGINT,                     -- until when it has to be published; NULL where nothing is owed
    published BIGINT,                     -- NULL where it does not stand in public
    PRIMARY KEY (case_id, what),
    CHECK (due IS NOT NULL OR published IS NOT NULL) -- what is neither owed nor public has no row
);
-- The public list, newest first: all of it, one kind, one party.
CREATE INDEX publications_newest ON publications (published, case_id, what) WHERE published IS NOT NULL;
CREATE INDEX publications_of_kind ON publications (kind, published, case_id, what) WHERE published IS NOT NULL;
CREATE INDEX publications_of_party ON publications (party, published, case_id, what)
    WHERE published IS NOT NULL AND party IS NOT NULL;
-- What is owed, the most urgent first.
CREATE INDEX publications_owed ON publications (organ, due, case_id, what) WHERE due IS NOT NULL;

-- The pack by which the table above was made.
CREATE TABLE publications_made (
    one  BIGINT PRIMARY KEY CHECK (one = 1),
    pack TEXT NOT NULL
);
