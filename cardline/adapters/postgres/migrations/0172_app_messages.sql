CREATE TABLE app_outbox (
    id           text        PRIMARY KEY,
    key          text        NOT NULL UNIQUE,
    holder       text,
    address      text        NOT NULL,
    account      text        NOT NULL CHECK (account IN ('app', 'official-account')),
    purpose      text        NOT NULL,
    template     text        NOT NULL,
    language     text        NOT NULL,
    zone         text        NOT NULL,
    subject      text        NOT NULL,
    text         text        NOT NULL,
    sealed       bytea,
    stream       text        NOT NULL,
    solicited    boolean     NOT NULL,
    state        text        NOT NULL
                 CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'failed', 'lapsed')),
    reasons      jsonb       NOT NULL DEFAULT '[]',
    at           timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    lapses_at    timestamptz,
    tries        integer     NOT NULL DEFAULT 0,
    leased_until timestamptz,
    gateway_id   text,
    sent_at      timestamptz,
    fault        text
);
COMMENT ON TABLE app_outbox IS 'Every message to the bank''s app or official account that was to leave (row A5)';
COMMENT ON COLUMN app_outbox.id IS 'Identifier';
COMMENT ON COLUMN app_outbox.key IS 'Idempotency key, of whoever caused it and at the gateway';
COMMENT ON COLUMN app_outbox.holder IS 'Whom it is for; null for an answer to somebody who is not known';
COMMENT ON COLUMN app_outbox.address IS 'Who it goes to, as the gateway names them';
COMMENT ON COLUMN app_outbox.account IS 'app, or official-account';
COMMENT ON COLUMN app_outbox.purpose IS 'service, security, reminder, collection, marketing, survey';
COMMENT ON COLUMN app_outbox.template IS 'Name of the form';
COMMENT ON COLUMN app_outbox.language IS 'zh or en';
COMMENT ON COLUMN app_outbox.zone IS 'Time zone of the holder, for the gate';
COMMENT ON COLUMN app_outbox.subject IS 'Title';
COMMENT ON COLUMN app_outbox.text IS 'The text';
COMMENT ON COLUMN app_outbox.sealed IS 'Always null: no secret is written into an app message';
COMMENT ON COLUMN app_outbox.stream IS 'Journal stream of the interaction that caused it';
COMMENT ON COLUMN app_outbox.solicited IS 'True where it answers what the person has asked';
COMMENT ON COLUMN app_outbox.state IS 'queued, sending, sent, refused by the gate, failed at the gateway, lapsed: too late';
COMMENT ON COLUMN app_outbox.reasons IS 'The gate''s reasons where it was refused or put off';
COMMENT ON COLUMN app_outbox.at IS 'When it was written';
COMMENT ON COLUMN app_outbox.due_at IS 'Not to be handed over before';
COMMENT ON COLUMN app_outbox.lapses_at IS 'Useless from then on';
COMMENT ON COLUMN app_outbox.tries IS 'How often it was handed over';
COMMENT ON COLUMN app_outbox.leased_until IS 'A sender that has not reported by then is taken for dead';
COMMENT ON COLUMN app_outbox.gateway_id IS 'Identifier that the gateway gave';
COMMENT ON COLUMN app_outbox.sent_at IS 'When the gateway took it';
COMMENT ON COLUMN app_outbox.fault IS 'Why the last try failed, without text of the message';
CREATE INDEX app_outbox_due ON app_outbox (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX app_outbox_holder ON app_outbox (holder, at);
CREATE INDEX app_outbox_stream ON app_outbox (stream, at);
CREATE INDEX app_outbox_at ON app_outbox (at);

CREATE TABLE app_in (
    message     text        PRIMARY KEY,
    interaction text        NOT NULL REFERENCES interaction (id),
    account     text        NOT NULL CHECK (account IN ('app', 'official-account')),
    party       text        NOT NULL,
    holder      text,
    text        text        NOT NULL,
    due_at      timestamptz,
    answered_at timestamptz,
    answered_by text,
    at          timestamptz NOT NULL
);
COMMENT ON TABLE app_in IS 'Messages that came from the bank''s app or official account; the gateway''s identifier makes a second delivery harmless';
COMMENT ON COLUMN app_in.message IS 'Identifier of the gateway';
COMMENT ON COLUMN app_in.interaction IS 'The interaction to which it belongs';
COMMENT ON COLUMN app_in.account IS 'app, or official-account';
COMMENT ON COLUMN app_in.party IS 'Who wrote, as the gateway names them';
COMMENT ON COLUMN app_in.holder IS 'The holder whom the gateway names; null where it knows nobody';
COMMENT ON COLUMN app_in.text IS 'What was written, its secrets masked';
COMMENT ON COLUMN app_in.due_at IS 'By when the desk is to answer; null where nobody waits';
COMMENT ON COLUMN app_in.answered_at IS 'When it was answered';
COMMENT ON COLUMN app_in.answered_by IS 'Staff number of who answered';
COMMENT ON COLUMN app_in.at IS 'When it came';
CREATE INDEX app_in_interaction ON app_in (interaction, at);
CREATE INDEX app_in_waiting ON app_in (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX app_in_party ON app_in (account, party, at);
