CREATE TABLE letter_number (
    year integer PRIMARY KEY,
    last integer NOT NULL CHECK (last > 0)
);
COMMENT ON TABLE letter_number IS 'The last number of a letter in each year; taken in the transaction of the letter, so that none is missing';
COMMENT ON COLUMN letter_number.year IS 'Year in the bank''s zone';
COMMENT ON COLUMN letter_number.last IS 'The last number that was given';

CREATE TABLE letter (
    id            text        PRIMARY KEY,
    key           text        NOT NULL UNIQUE,
    holder        text,
    address       text        NOT NULL,
    addressee     jsonb       NOT NULL,
    purpose       text        NOT NULL,
    template      text        NOT NULL,
    language      text        NOT NULL,
    zone          text        NOT NULL,
    year          integer,
    serial        integer,
    number        text        NOT NULL DEFAULT '',
    content       jsonb       NOT NULL,
    registered    boolean     NOT NULL,
    enclosures    jsonb       NOT NULL DEFAULT '[]',
    missing       jsonb       NOT NULL DEFAULT '[]',
    file          text        REFERENCES stored_file (id),
    stream        text        NOT NULL,
    solicited     boolean     NOT NULL,
    state         text        NOT NULL
                  CHECK (state IN ('queued', 'sending', 'printed', 'posted', 'returned', 'refused', 'failed', 'lapsed', 'withdrawn')),
    reasons       jsonb       NOT NULL DEFAULT '[]',
    at            timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    lapses_at     timestamptz,
    tries         integer     NOT NULL DEFAULT 0,
    leased_until  timestamptz,
    gateway_id    text,
    sent_at       timestamptz,
    sealed        bytea,
    fault         text,
    author        text,
    carrier       text,
    posting       text,
    posted_at     timestamptz,
    posted_by     text,
    returned_at   timestamptz,
    return_reason text,
    again         text        REFERENCES letter (id),
    UNIQUE (year, serial),
    CHECK ((state IN ('posted', 'returned')) = (posted_at IS NOT NULL)),
    CHECK ((state = 'returned') = (returned_at IS NOT NULL))
);
COMMENT ON TABLE letter IS 'Every letter that was to leave: queued, printed, posted with its proof, come back, or refused with the reasons';
COMMENT ON COLUMN letter.id IS 'Identifier; owner of its PDF';
COMMENT ON COLUMN letter.key IS 'Idempotency key of whoever caused it, and at the printer';
COMMENT ON COLUMN letter.holder IS 'Whom it is for; null for an answer to somebody who is no holder';
COMMENT ON COLUMN letter.address IS 'The address in one line, for proof and gate';
COMMENT ON COLUMN letter.addressee IS 'Name and lines as they show in the window';
COMMENT ON COLUMN letter.purpose IS 'service, security, reminder, collection, marketing, survey';
COMMENT ON COLUMN letter.template IS 'Name of the form';
COMMENT ON COLUMN letter.language IS 'zh or en';
COMMENT ON COLUMN letter.zone IS 'Time zone of the holder, for the gate';
COMMENT ON COLUMN letter.year IS 'Year of the number; null where it was refused';
COMMENT ON COLUMN letter.serial IS 'Number within the year, without a gap';
COMMENT ON COLUMN letter.number IS 'The number as it stands on the letter';
COMMENT ON COLUMN letter.content IS 'Subject, paragraphs, further facts and the box at the end, as filled in';
COMMENT ON COLUMN letter.registered IS 'True: by registered post, posted only with the number of its posting';
COMMENT ON COLUMN letter.enclosures IS 'PDFs in the same envelope: id, owner, name';
COMMENT ON COLUMN letter.missing IS 'Characters that no font has: to be written by hand';
COMMENT ON COLUMN letter.file IS 'The PDF as it was printed';
COMMENT ON COLUMN letter.stream IS 'Journal stream of what caused it';
COMMENT ON COLUMN letter.solicited IS 'True where it answers what the person has asked';
COMMENT ON COLUMN letter.state IS 'queued, sending (being printed), printed, posted, returned, refused by the gate, failed, lapsed, withdrawn before it was printed';
COMMENT ON COLUMN letter.reasons IS 'The gate''s reasons where it was refused or put off';
COMMENT ON COLUMN letter.at IS 'When it was written; its date';
COMMENT ON COLUMN letter.due_at IS 'Not to be printed before';
COMMENT ON COLUMN letter.lapses_at IS 'Useless from then on';
COMMENT ON COLUMN letter.tries IS 'How often it was handed to the printer';
COMMENT ON COLUMN letter.leased_until IS 'A node that has not reported by then is taken for dead';
COMMENT ON COLUMN letter.gateway_id IS 'Job of the printer';
COMMENT ON COLUMN letter.sent_at IS 'When the printer took it';
COMMENT ON COLUMN letter.sealed IS 'Always null: no secret is written into a letter';
COMMENT ON COLUMN letter.fault IS 'Why the last try failed';
COMMENT ON COLUMN letter.author IS 'Staff number of who wrote its free text';
COMMENT ON COLUMN letter.carrier IS 'Who carries it';
COMMENT ON COLUMN letter.posting IS 'Number of its posting; empty for plain post';
COMMENT ON COLUMN letter.posted_at IS 'When the carrier took it: the proof of notice';
COMMENT ON COLUMN letter.posted_by IS 'Staff number of who posted it';
COMMENT ON COLUMN letter.returned_at IS 'When it came back';
COMMENT ON COLUMN letter.return_reason IS 'unknown, moved, refused, not-collected, deceased, damaged, other';
COMMENT ON COLUMN letter.again IS 'The letter that came back and that this one repeats';
CREATE INDEX letter_due ON letter (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX letter_state ON letter (state, at);
CREATE INDEX letter_holder ON letter (holder, at);
CREATE INDEX letter_at ON letter (at);

CREATE TABLE letter_draft (
    id         text        PRIMARY KEY,
    holder     text,
    addressee  jsonb       NOT NULL,
    language   text        NOT NULL CHECK (language IN ('zh', 'en')),
    zone       text        NOT NULL,
    subject    text        NOT NULL,
    text       text        NOT NULL,
    registered boolean     NOT NULL,
    stream     text        NOT NULL,
    author     text        NOT NULL,
    written_at timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('waiting', 'approved', 'rejected')),
    decided_by text,
    decided_at timestamptz,
    why        text        NOT NULL DEFAULT '',
    letter     text        REFERENCES letter (id),
    CHECK ((state = 'waiting') = (decided_by IS NULL)),
    CHECK (decided_by <> author)
);
COMMENT ON TABLE letter_draft IS 'Letters in somebody''s own words, which leave when a second person has read them';
COMMENT ON COLUMN letter_draft.id IS 'Identifier';
COMMENT ON COLUMN letter_draft.holder IS 'Whom it is for; null for somebody who is no holder';
COMMENT ON COLUMN letter_draft.addressee IS 'Name and lines of the address';
COMMENT ON COLUMN letter_draft.language IS 'zh or en';
COMMENT ON COLUMN letter_draft.zone IS 'Time zone of the holder, for the gate';
COMMENT ON COLUMN letter_draft.subject IS 'Subject, its secrets masked';
COMMENT ON COLUMN letter_draft.text IS 'What was written, its secrets masked';
COMMENT ON COLUMN letter_draft.registered IS 'True: by registered post';
COMMENT ON COLUMN letter_draft.stream IS 'Journal stream of what it belongs to';
COMMENT ON COLUMN letter_draft.author IS 'Staff number of who wrote it';
COMMENT ON COLUMN letter_draft.written_at IS 'When';
COMMENT ON COLUMN letter_draft.state IS 'waiting, approved, rejected';
COMMENT ON COLUMN letter_draft.decided_by IS 'Staff number of the second person, never the author';
COMMENT ON COLUMN letter_draft.decided_at IS 'When';
COMMENT ON COLUMN letter_draft.why IS 'Why it was rejected';
COMMENT ON COLUMN letter_draft.letter IS 'The letter that it became';
CREATE INDEX letter_draft_waiting ON letter_draft (written_at) WHERE state = 'waiting';

CREATE TABLE letter_in (
    id          text        PRIMARY KEY,
    interaction text        NOT NULL UNIQUE REFERENCES interaction (id),
    box         text        NOT NULL CHECK (box IN ('general', 'complaints')),
    holder      text,
    sender      text        NOT NULL,
    subject     text        NOT NULL,
    language    text        NOT NULL CHECK (language IN ('zh', 'en')),
    received_on date        NOT NULL,
    posting     text        NOT NULL DEFAULT '',
    content     text        NOT NULL UNIQUE,
    taken       boolean     NOT NULL,
    scanned_by  text        NOT NULL,
    at          timestamptz NOT NULL
);
COMMENT ON TABLE letter_in IS 'Letters that came in, scanned by the staff (rows A5, C1)';
COMMENT ON COLUMN letter_in.id IS 'Identifier';
COMMENT ON COLUMN letter_in.interaction IS 'The interaction that it is; owner of the scans';
COMMENT ON COLUMN letter_in.box IS 'What it is: general, complaints';
COMMENT ON COLUMN letter_in.holder IS 'To whom the staff tied it; null where nobody is known';
COMMENT ON COLUMN letter_in.sender IS 'Name on the letter; may be empty';
COMMENT ON COLUMN letter_in.subject IS 'What it is about, in the words of who scanned it, secrets masked';
COMMENT ON COLUMN letter_in.language IS 'zh or en';
COMMENT ON COLUMN letter_in.received_on IS 'Day on which it reached the bank: clocks run from it';
COMMENT ON COLUMN letter_in.posting IS 'Number of its posting, where it came registered';
COMMENT ON COLUMN letter_in.content IS 'SHA-256 over the scans as they were sent: the same scans are one letter';
COMMENT ON COLUMN letter_in.taken IS 'True where another part (complaints) took it over';
COMMENT ON COLUMN letter_in.scanned_by IS 'Staff number of who scanned it';
COMMENT ON COLUMN letter_in.at IS 'When it was scanned';
CREATE INDEX letter_in_holder ON letter_in (holder, at);
