CREATE TABLE retention_hold (
    id            text        PRIMARY KEY,
    subject_kind  text        NOT NULL CHECK (subject_kind IN ('holder', 'complaint', 'interaction')),
    subject       text        NOT NULL CHECK (subject <> ''),
    reason        text        NOT NULL CHECK (reason <> ''),
    set_by        text        NOT NULL,
    set_at        timestamptz NOT NULL,
    lift_reason   text        NOT NULL DEFAULT '',
    lift_asked_by text,
    lift_asked_at timestamptz,
    lifted_by     text,
    lifted_at     timestamptz,
    CHECK ((lift_asked_by IS NULL) = (lift_asked_at IS NULL)),
    CHECK ((lifted_by IS NULL) = (lifted_at IS NULL)),
    CHECK (lifted_by IS NULL OR (lift_asked_by IS NOT NULL AND lifted_by <> lift_asked_by))
);
COMMENT ON TABLE retention_hold IS 'Legal holds: what such a one lies on is not erased, however old it is (row F3)';
COMMENT ON COLUMN retention_hold.id IS 'Identifier';
COMMENT ON COLUMN retention_hold.subject_kind IS 'holder, complaint or interaction';
COMMENT ON COLUMN retention_hold.subject IS 'Which one';
COMMENT ON COLUMN retention_hold.reason IS 'Why, in words, without secrets';
COMMENT ON COLUMN retention_hold.set_by IS 'Staff number of who set it';
COMMENT ON COLUMN retention_hold.set_at IS 'When';
COMMENT ON COLUMN retention_hold.lift_reason IS 'Why it may be lifted, as the one who asks says';
COMMENT ON COLUMN retention_hold.lift_asked_by IS 'Staff number of who asks to lift it';
COMMENT ON COLUMN retention_hold.lift_asked_at IS 'When';
COMMENT ON COLUMN retention_hold.lifted_by IS 'Staff number of who lifted it: never the one who asked';
COMMENT ON COLUMN retention_hold.lifted_at IS 'When; null while it lies';
CREATE UNIQUE INDEX retention_hold_lies ON retention_hold (subject_kind, subject, reason)
    WHERE lifted_at IS NULL;

CREATE TABLE retention_request (
    id       text        PRIMARY KEY,
    holder   text        NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at   timestamptz NOT NULL CHECK (due_at >= asked_at),
    state    text        NOT NULL CHECK (state IN ('waiting', 'withdrawn', 'done')),
    done_at  timestamptz,
    erased   jsonb       NOT NULL DEFAULT '{}',
    kept     jsonb       NOT NULL DEFAULT '{}',
    CHECK ((state = 'waiting') = (done_at IS NULL))
);
COMMENT ON TABLE retention_request IS 'Holders who ask for erasure of what may be erased (PIPL 47), and what came of it';
COMMENT ON COLUMN retention_request.id IS 'Identifier';
COMMENT ON COLUMN retention_request.holder IS 'Who asks';
COMMENT ON COLUMN retention_request.asked_at IS 'When';
COMMENT ON COLUMN retention_request.due_at IS 'From when on it is carried out: until then it can be withdrawn';
COMMENT ON COLUMN retention_request.state IS 'waiting, withdrawn by the holder, done';
COMMENT ON COLUMN retention_request.done_at IS 'When it was withdrawn or carried out';
COMMENT ON COLUMN retention_request.erased IS 'How many things were erased, by kind';
COMMENT ON COLUMN retention_request.kept IS 'What stays: by reason the day until when, empty where no end is known';
CREATE UNIQUE INDEX retention_request_waits ON retention_request (holder) WHERE state = 'waiting';
CREATE INDEX retention_request_holder ON retention_request (holder, asked_at);

ALTER TABLE interaction ADD COLUMN erased_at timestamptz;
COMMENT ON COLUMN interaction.erased_at IS 'When what was personal in it was erased; times, door and outcome stay for figures';
CREATE INDEX interaction_kept ON interaction (opened_at, id) WHERE erased_at IS NULL;

ALTER TABLE stored_file
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN file_gone_at timestamptz,
    ADD CHECK (file_gone_at >= erased_at);
COMMENT ON COLUMN stored_file.erased_at IS 'When it was erased: its key destroyed; the hash stays as proof';
COMMENT ON COLUMN stored_file.file_gone_at IS 'When the file itself was removed after that';
CREATE INDEX stored_file_left_over ON stored_file (erased_at)
    WHERE erased_at IS NOT NULL AND file_gone_at IS NULL;

-- The nightly sweep goes by these. What is written in the order of time needs no more than a BRIN, which costs a writer
-- next to nothing.
CREATE INDEX sms_inbound_at ON sms_inbound USING brin (at);
CREATE INDEX identity_code_expires ON identity_code USING brin (expires_at);
CREATE INDEX identity_try_at ON identity_try USING brin (at);
CREATE INDEX identity_question_expires ON identity_question USING brin (expires_at);
CREATE INDEX trust_proof_at ON trust_proof USING brin (at);
CREATE INDEX trust_caller_identity_at ON trust_caller_identity USING brin (at);
CREATE INDEX outreach_contact_at ON outreach_contact USING brin (at);
CREATE INDEX portal_session_ends ON portal_session (ends_at);
CREATE INDEX campaign_entry_settled ON campaign_entry (settled_at) WHERE phone <> '';
