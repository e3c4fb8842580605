CREATE TABLE journal (
    stream   text        NOT NULL,
    seq      bigint      NOT NULL CHECK (seq > 0),
    at       timestamptz NOT NULL,
    kind     text        NOT NULL,
    by       text        NOT NULL,
    body     jsonb       NOT NULL,
    verdict  jsonb,
    previous bytea       NOT NULL CHECK (length(previous) = 32),
    hash     bytea       NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (stream, seq)
);
COMMENT ON TABLE journal IS 'Every act, append-only, hash-chained within its stream';
COMMENT ON COLUMN journal.stream IS 'Id of what the entry is about, mostly an interaction';
COMMENT ON COLUMN journal.seq IS 'Place within the stream, from 1 without a gap';
COMMENT ON COLUMN journal.at IS 'When it was done';
COMMENT ON COLUMN journal.kind IS 'Stable word for the act, such as card.frozen';
COMMENT ON COLUMN journal.by IS 'Who did it, kind:id';
COMMENT ON COLUMN journal.body IS 'What was done, without secrets';
COMMENT ON COLUMN journal.verdict IS 'The verdict that let it pass or refused it: rule, allowed, reasons';
COMMENT ON COLUMN journal.previous IS 'Hash of the entry before in this stream; zeros for the first';
COMMENT ON COLUMN journal.hash IS 'SHA-256 over previous and the canonical entry';
CREATE INDEX journal_at ON journal (at);

CREATE TABLE journal_head (
    stream text   PRIMARY KEY,
    seq    bigint NOT NULL,
    hash   bytea  NOT NULL
);
COMMENT ON TABLE journal_head IS 'End of every stream; its row lock orders the writers';
COMMENT ON COLUMN journal_head.stream IS 'Name of the stream';
COMMENT ON COLUMN journal_head.seq IS 'Place of the last entry';
COMMENT ON COLUMN journal_head.hash IS 'Hash of the last entry';

-- The journal only grows: not even the owner changes an entry in passing.
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
