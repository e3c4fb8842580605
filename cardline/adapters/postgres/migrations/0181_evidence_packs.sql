CREATE TABLE evidence_pack (
    id           text        PRIMARY KEY,
    holder       text,
    interactions text[],
    complaint    text        NOT NULL,
    numbers      text[]      NOT NULL,
    audience     text        NOT NULL CHECK (audience IN ('holder', 'auditor')),
    language     text        NOT NULL CHECK (language IN ('zh', 'en')),
    most         integer     NOT NULL CHECK (most > 0),
    asked_by     text        NOT NULL,
    reason       text        NOT NULL,
    asked_at     timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('asked', 'ready', 'failed', 'gone')),
    tries        integer     NOT NULL DEFAULT 0,
    leased_until timestamptz,
    made_at      timestamptz,
    ends_at      timestamptz,
    bytes        bigint,
    missing      integer,
    CHECK ((state = 'ready') <= (made_at IS NOT NULL AND ends_at IS NOT NULL AND bytes IS NOT NULL))
);
COMMENT ON TABLE evidence_pack IS 'Evidence packs that were asked for on pages: made by a job, fetched within days, then removed';
COMMENT ON COLUMN evidence_pack.id IS 'Identifier; also the name of the file';
COMMENT ON COLUMN evidence_pack.holder IS 'Whom it is about; empty for a conversation of nobody known';
COMMENT ON COLUMN evidence_pack.interactions IS 'These alone; empty for all of the holder''s';
COMMENT ON COLUMN evidence_pack.complaint IS 'Reference of the complaint that it is about; empty text: none';
COMMENT ON COLUMN evidence_pack.numbers IS 'Telephone numbers that are the subject''s own';
COMMENT ON COLUMN evidence_pack.audience IS 'For whom: the holder, or an auditor';
COMMENT ON COLUMN evidence_pack.language IS 'Language of the index';
COMMENT ON COLUMN evidence_pack.most IS 'Newest contacts at the most';
COMMENT ON COLUMN evidence_pack.asked_by IS 'Who asked for it, kind:id';
COMMENT ON COLUMN evidence_pack.reason IS 'Why';
COMMENT ON COLUMN evidence_pack.asked_at IS 'When';
COMMENT ON COLUMN evidence_pack.state IS 'Asked for, ready to be fetched, failed for good, or gone after its time';
COMMENT ON COLUMN evidence_pack.tries IS 'How often making it was begun';
COMMENT ON COLUMN evidence_pack.leased_until IS 'Somebody makes it until then; afterwards it is taken to have died';
COMMENT ON COLUMN evidence_pack.made_at IS 'When it was ready';
COMMENT ON COLUMN evidence_pack.ends_at IS 'When the file is removed';
COMMENT ON COLUMN evidence_pack.bytes IS 'Size of the file';
COMMENT ON COLUMN evidence_pack.missing IS 'How much should be in it and is not';
CREATE INDEX evidence_pack_due ON evidence_pack (asked_at) WHERE state = 'asked';
CREATE INDEX evidence_pack_holder ON evidence_pack (holder, asked_at);
CREATE INDEX evidence_pack_ends ON evidence_pack (ends_at) WHERE state = 'ready';
