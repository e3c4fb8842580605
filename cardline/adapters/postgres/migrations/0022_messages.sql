CREATE TABLE sms_outbox (
    id           text        PRIMARY KEY,
    key          text        NOT NULL UNIQUE,
    holder       text,
    phone        text        NOT NULL,
    purpose      text        NOT NULL,
    template     text        NOT NULL,
    language     text        NOT NULL,
    zone         text        NOT NULL,
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
COMMENT ON TABLE sms_outbox IS 'Every short message that was to leave: queued, sent, or refused with the reasons';
COMMENT ON COLUMN sms_outbox.id IS 'Identifier';
COMMENT ON COLUMN sms_outbox.key IS 'Idempotency key, of the caller and at the gateway';
COMMENT ON COLUMN sms_outbox.holder IS 'Whom it is for; null for the answer to an unknown number';
COMMENT ON COLUMN sms_outbox.phone IS 'Number it goes to, E.164';
COMMENT ON COLUMN sms_outbox.purpose IS 'service, security, reminder, marketing, survey';
COMMENT ON COLUMN sms_outbox.template IS 'Name in the catalogue';
COMMENT ON COLUMN sms_outbox.language IS 'zh or en';
COMMENT ON COLUMN sms_outbox.zone IS 'Time zone of the holder, for the gate';
COMMENT ON COLUMN sms_outbox.text IS 'The text with its secrets masked';
COMMENT ON COLUMN sms_outbox.sealed IS 'The whole text under the seal, only where it has secrets and only until it is sent';
COMMENT ON COLUMN sms_outbox.stream IS 'Journal stream of the interaction that caused it';
COMMENT ON COLUMN sms_outbox.solicited IS 'True where it answers what the person had just asked';
COMMENT ON COLUMN sms_outbox.state IS 'queued, sending, sent, refused by the gate, failed at the gateway, lapsed: too late';
COMMENT ON COLUMN sms_outbox.reasons IS 'The gate''s reasons where it was refused or put off';
COMMENT ON COLUMN sms_outbox.at IS 'When it was written';
COMMENT ON COLUMN sms_outbox.due_at IS 'Not to be handed over before';
COMMENT ON COLUMN sms_outbox.lapses_at IS 'Useless from then on: a code that has expired';
COMMENT ON COLUMN sms_outbox.tries IS 'How often it was handed over';
COMMENT ON COLUMN sms_outbox.leased_until IS 'A sender that has not reported by then is taken for dead';
COMMENT ON COLUMN sms_outbox.gateway_id IS 'Identifier that the gateway gave';
COMMENT ON COLUMN sms_outbox.sent_at IS 'When the gateway took it';
COMMENT ON COLUMN sms_outbox.fault IS 'Why the last try failed, without text of the message';
CREATE INDEX sms_outbox_due ON sms_outbox (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX sms_outbox_holder ON sms_outbox (holder, at);
CREATE INDEX sms_outbox_at ON sms_outbox (at);

CREATE TABLE sms_embedded (
    key   text        PRIMARY KEY,
    id    text        NOT NULL,
    phone text        NOT NULL,
    text  text        NOT NULL,
    at    timestamptz NOT NULL
);
COMMENT ON TABLE sms_embedded IS 'What the embedded outbox took in place of a gateway: empty where a gateway sends';
COMMENT ON COLUMN sms_embedded.key IS 'Idempotency key';
COMMENT ON COLUMN sms_embedded.id IS 'Identifier that it gave back';
COMMENT ON COLUMN sms_embedded.phone IS 'Number, E.164';
COMMENT ON COLUMN sms_embedded.text IS 'The text as the telephone would show it; secrets are masked once they have expired';
COMMENT ON COLUMN sms_embedded.at IS 'When it was taken';

CREATE TABLE sms_inbound (
    message  text        PRIMARY KEY,
    phone    text        NOT NULL,
    command  text        NOT NULL,
    text     text        NOT NULL,
    stream   text        NOT NULL,
    answer   text        REFERENCES sms_outbox (id),
    at       timestamptz NOT NULL
);
COMMENT ON TABLE sms_inbound IS 'Texts that came in; the gateway''s identifier makes a second delivery harmless';
COMMENT ON COLUMN sms_inbound.message IS 'Identifier of the gateway';
COMMENT ON COLUMN sms_inbound.phone IS 'Number it came from, E.164';
COMMENT ON COLUMN sms_inbound.command IS 'What it was read as';
COMMENT ON COLUMN sms_inbound.text IS 'The text with all longer numbers masked: people text passwords';
COMMENT ON COLUMN sms_inbound.stream IS 'Journal stream';
COMMENT ON COLUMN sms_inbound.answer IS 'What was answered, if anything';
COMMENT ON COLUMN sms_inbound.at IS 'When it came';
CREATE INDEX sms_inbound_phone ON sms_inbound (phone, at);
