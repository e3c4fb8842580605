-- Answers to people whom the bank does not know go to an address instead of a number.
ALTER TABLE outreach_contact ADD COLUMN address text;
ALTER TABLE outreach_contact DROP CONSTRAINT outreach_contact_whom;
ALTER TABLE outreach_contact ADD CONSTRAINT outreach_contact_whom
    CHECK (holder IS NOT NULL OR phone IS NOT NULL OR address IS NOT NULL);
COMMENT ON COLUMN outreach_contact.address IS 'E-mail or postal address of an answer to somebody who is no holder; null for everybody else';

-- E-mails, letters and messages of the app are doors of the one history (row A5).
ALTER TABLE interaction DROP CONSTRAINT interaction_door_check;
ALTER TABLE interaction ADD CONSTRAINT interaction_door_check
    CHECK (door IN ('phone', 'callback', 'campaign', 'chat', 'message', 'email', 'letter', 'app'));
ALTER TABLE interaction DROP CONSTRAINT interaction_call_check;
ALTER TABLE interaction ADD CONSTRAINT interaction_call_check
    CHECK ((call IS NULL) = (door IN ('chat', 'message', 'email', 'letter', 'app')));
COMMENT ON COLUMN interaction.door IS 'How it came about: phone, callback and campaign are calls; chat; message (from the holder''s pages); email; letter; app (or official account)';

CREATE TABLE mail_outbox (
    id           text        PRIMARY KEY,
    key          text        NOT NULL UNIQUE,
    holder       text,
    address      text        NOT NULL,
    purpose      text        NOT NULL,
    template     text        NOT NULL,
    language     text        NOT NULL,
    zone         text        NOT NULL,
    subject      text        NOT NULL,
    text         text        NOT NULL,
    sealed       bytea,
    box          text        NOT NULL CHECK (box IN ('general', 'complaints')),
    message_id   text        NOT NULL UNIQUE,
    token        text        NOT NULL UNIQUE,
    answers      text,
    attachments  jsonb       NOT NULL DEFAULT '[]',
    stream       text        NOT NULL,
    solicited    boolean     NOT NULL,
    state        text        NOT NULL
                 CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'failed', 'lapsed', 'bounced')),
    reasons      jsonb       NOT NULL DEFAULT '[]',
    at           timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    lapses_at    timestamptz,
    tries        integer     NOT NULL DEFAULT 0,
    leased_until timestamptz,
    gateway_id   text,
    sent_at      timestamptz,
    bounced_at   timestamptz,
    fault        text
);
COMMENT ON TABLE mail_outbox IS 'Every e-mail that was to leave: queued, sent, come back, or refused with the reasons';
COMMENT ON COLUMN mail_outbox.id IS 'Identifier';
COMMENT ON COLUMN mail_outbox.key IS 'Idempotency key of whoever caused it';
COMMENT ON COLUMN mail_outbox.holder IS 'Whom it is for; null for an answer to somebody who is no holder';
COMMENT ON COLUMN mail_outbox.address IS 'Address it goes to, its domain in lower case';
COMMENT ON COLUMN mail_outbox.purpose IS 'service, security, reminder, collection, marketing, survey';
COMMENT ON COLUMN mail_outbox.template IS 'Name of the form';
COMMENT ON COLUMN mail_outbox.language IS 'zh or en';
COMMENT ON COLUMN mail_outbox.zone IS 'Time zone of the holder, for the gate';
COMMENT ON COLUMN mail_outbox.subject IS 'Subject, its secrets masked';
COMMENT ON COLUMN mail_outbox.text IS 'The text, its secrets masked';
COMMENT ON COLUMN mail_outbox.sealed IS 'Subject and text under the seal, only where they have secrets and only until it is sent';
COMMENT ON COLUMN mail_outbox.box IS 'Whose address it comes from: general, complaints';
COMMENT ON COLUMN mail_outbox.message_id IS 'Message-ID without its brackets; the same at every try';
COMMENT ON COLUMN mail_outbox.token IS 'Reference in the subject and in the envelope, by which answers and bounces are found';
COMMENT ON COLUMN mail_outbox.answers IS 'The e-mail that came in and that this one answers';
COMMENT ON COLUMN mail_outbox.attachments IS 'Files that go along: id, owner, name';
COMMENT ON COLUMN mail_outbox.stream IS 'Journal stream of the interaction or complaint that caused it';
COMMENT ON COLUMN mail_outbox.solicited IS 'True where it answers what the person has asked';
COMMENT ON COLUMN mail_outbox.state IS 'queued, sending, sent, refused by the gate, failed at the relay, lapsed: too late, bounced: it came back';
COMMENT ON COLUMN mail_outbox.reasons IS 'The gate''s reasons where it was refused or put off';
COMMENT ON COLUMN mail_outbox.at IS 'When it was written';
COMMENT ON COLUMN mail_outbox.due_at IS 'Not to be handed over before';
COMMENT ON COLUMN mail_outbox.lapses_at IS 'Useless from then on';
COMMENT ON COLUMN mail_outbox.tries IS 'How often it was handed over';
COMMENT ON COLUMN mail_outbox.leased_until IS 'A sender that has not reported by then is taken for dead';
COMMENT ON COLUMN mail_outbox.gateway_id IS 'What the relay said when it took it';
COMMENT ON COLUMN mail_outbox.sent_at IS 'When the relay took it';
COMMENT ON COLUMN mail_outbox.bounced_at IS 'When it came back';
COMMENT ON COLUMN mail_outbox.fault IS 'Why the last try failed or why it came back, without text of the e-mail';
CREATE INDEX mail_outbox_due ON mail_outbox (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX mail_outbox_holder ON mail_outbox (holder, at);
CREATE INDEX mail_outbox_stream ON mail_outbox (stream, at);
CREATE INDEX mail_outbox_at ON mail_outbox (at);

CREATE TABLE mail_address (
    address   text        PRIMARY KEY,
    bad_since timestamptz NOT NULL,
    code      text        NOT NULL,
    mail      text        NOT NULL
);
COMMENT ON TABLE mail_address IS 'E-mail addresses to which nothing more is sent: what was sent there came back for good';
COMMENT ON COLUMN mail_address.address IS 'The address, its domain in lower case';
COMMENT ON COLUMN mail_address.bad_since IS 'Since when';
COMMENT ON COLUMN mail_address.code IS 'Enhanced status code (RFC 3463) with which it came back';
COMMENT ON COLUMN mail_address.mail IS 'The e-mail that came back';

CREATE TABLE mail_in (
    id          text        PRIMARY KEY,
    fingerprint text        NOT NULL UNIQUE,
    message_id  text        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('message', 'automatic', 'bounce')),
    box         text        NOT NULL CHECK (box IN ('general', 'complaints')),
    interaction text        REFERENCES interaction (id),
    sender      text        NOT NULL,
    sender_name text        NOT NULL,
    holder      text,
    registered  boolean     NOT NULL DEFAULT false,
    subject     text        NOT NULL,
    text        text        NOT NULL,
    language    text        NOT NULL CHECK (language IN ('zh', 'en')),
    bytes       integer     NOT NULL,
    refused     jsonb       NOT NULL DEFAULT '[]',
    answers     text        REFERENCES mail_outbox (id),
    taken       boolean     NOT NULL DEFAULT false,
    due_at      timestamptz,
    answered_at timestamptz,
    answered_by text,
    at          timestamptz NOT NULL
);
COMMENT ON TABLE mail_in IS 'E-mails that came in, cleaned: secrets masked, files kept apart or refused (rows A5, E5)';
COMMENT ON COLUMN mail_in.id IS 'Identifier';
COMMENT ON COLUMN mail_in.fingerprint IS 'SHA-256 over the e-mail without the lines that servers put on top: a second delivery is harmless';
COMMENT ON COLUMN mail_in.message_id IS 'Message-ID without its brackets; empty where it had none';
COMMENT ON COLUMN mail_in.kind IS 'message; automatic (out of office, lists, loops): kept, nobody is bothered; bounce of an e-mail of ours';
COMMENT ON COLUMN mail_in.box IS 'Which of our addresses it came to: general, complaints';
COMMENT ON COLUMN mail_in.interaction IS 'The interaction that it belongs to; owner of its files; null for a bounce';
COMMENT ON COLUMN mail_in.sender IS 'Address in From; proves nothing';
COMMENT ON COLUMN mail_in.sender_name IS 'Name in From';
COMMENT ON COLUMN mail_in.holder IS 'Who it claims to be from; null where nobody is known';
COMMENT ON COLUMN mail_in.registered IS 'True where the bank has this address of the holder: still weak';
COMMENT ON COLUMN mail_in.subject IS 'Subject, its secrets masked';
COMMENT ON COLUMN mail_in.text IS 'What was written, as plain text, its secrets masked';
COMMENT ON COLUMN mail_in.language IS 'zh or en, by its text';
COMMENT ON COLUMN mail_in.bytes IS 'Size of the whole e-mail';
COMMENT ON COLUMN mail_in.refused IS 'Files that were not kept: name and reason';
COMMENT ON COLUMN mail_in.answers IS 'The e-mail of ours that it answers, or that bounced';
COMMENT ON COLUMN mail_in.taken IS 'True where another part (complaints) took it over';
COMMENT ON COLUMN mail_in.due_at IS 'By when the desk is to answer; null where nobody waits';
COMMENT ON COLUMN mail_in.answered_at IS 'When it was answered';
COMMENT ON COLUMN mail_in.answered_by IS 'Staff number of who answered';
COMMENT ON COLUMN mail_in.at IS 'When it came';
CREATE INDEX mail_in_interaction ON mail_in (interaction, at);
CREATE INDEX mail_in_message ON mail_in (message_id) WHERE message_id <> '';
CREATE INDEX mail_in_waiting ON mail_in (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mail_in_sender ON mail_in (sender, at);
