CREATE TABLE outreach_person (
    key text PRIMARY KEY
);
COMMENT ON TABLE outreach_person IS 'One row for each holder or number that the gate has seen: its lock lets one contact after the other through';
COMMENT ON COLUMN outreach_person.key IS 'holder:ID or phone:NUMBER';

CREATE TABLE outreach_consent (
    id      text        PRIMARY KEY,
    holder  text        NOT NULL,
    purpose text        NOT NULL,
    channel text        NOT NULL,
    since   timestamptz NOT NULL,
    until   timestamptz CHECK (until >= since),
    source  text        NOT NULL,
    wording text        NOT NULL
);
COMMENT ON TABLE outreach_consent IS 'Explicit consents of holders, one purpose and channel each, as periods';
COMMENT ON COLUMN outreach_consent.id IS 'Identifier';
COMMENT ON COLUMN outreach_consent.holder IS 'Who consented';
COMMENT ON COLUMN outreach_consent.purpose IS 'To what: marketing, survey';
COMMENT ON COLUMN outreach_consent.channel IS 'By which channel: sms';
COMMENT ON COLUMN outreach_consent.since IS 'Start of the period';
COMMENT ON COLUMN outreach_consent.until IS 'End of the period, exclusive; null while it lasts';
COMMENT ON COLUMN outreach_consent.source IS 'Where it was given: the door and the interaction';
COMMENT ON COLUMN outreach_consent.wording IS 'Name and version of the words to which the holder agreed';
CREATE INDEX outreach_consent_holder ON outreach_consent (holder);

CREATE TABLE outreach_withdrawal (
    id      text        PRIMARY KEY,
    holder  text,
    phone   text,
    purpose text        NOT NULL,
    at      timestamptz NOT NULL,
    source  text        NOT NULL,
    CHECK (holder IS NOT NULL OR phone IS NOT NULL)
);
COMMENT ON TABLE outreach_withdrawal IS 'Withdrawals for a purpose over all channels, of a holder, a number, or both';
COMMENT ON COLUMN outreach_withdrawal.id IS 'Identifier';
COMMENT ON COLUMN outreach_withdrawal.holder IS 'Who withdrew; null where only the number is known';
COMMENT ON COLUMN outreach_withdrawal.phone IS 'Number from which it was withdrawn, E.164; null where none was known';
COMMENT ON COLUMN outreach_withdrawal.purpose IS 'From what: marketing, survey';
COMMENT ON COLUMN outreach_withdrawal.at IS 'From when on; at once';
COMMENT ON COLUMN outreach_withdrawal.source IS 'Where it was given: the door and the interaction';
CREATE INDEX outreach_withdrawal_holder ON outreach_withdrawal (holder);
CREATE INDEX outreach_withdrawal_phone ON outreach_withdrawal (phone);

CREATE TABLE outreach_block (
    id     text        PRIMARY KEY,
    holder text,
    phone  text,
    kind   text        NOT NULL CHECK (kind IN ('wrong_number', 'no_contact')),
    since  timestamptz NOT NULL,
    until  timestamptz CHECK (until >= since),
    source text        NOT NULL,
    CHECK (holder IS NOT NULL OR phone IS NOT NULL)
);
COMMENT ON TABLE outreach_block IS 'Numbers and holders to whom nothing, or only protection, may be sent';
COMMENT ON COLUMN outreach_block.id IS 'Identifier';
COMMENT ON COLUMN outreach_block.holder IS 'Whom it covers, on every number';
COMMENT ON COLUMN outreach_block.phone IS 'Which number it covers, whoever holds it; E.164';
COMMENT ON COLUMN outreach_block.kind IS 'wrong_number stops everything; no_contact lets what protects the holder pass';
COMMENT ON COLUMN outreach_block.since IS 'Start of the period';
COMMENT ON COLUMN outreach_block.until IS 'End of the period, exclusive; null while it lasts';
COMMENT ON COLUMN outreach_block.source IS 'Who reported or asked for it';
CREATE INDEX outreach_block_holder ON outreach_block (holder);
CREATE INDEX outreach_block_phone ON outreach_block (phone);

CREATE TABLE outreach_contact (
    key          text        PRIMARY KEY,
    holder       text,
    phone        text        NOT NULL,
    purpose      text        NOT NULL,
    channel      text        NOT NULL,
    solicited    boolean     NOT NULL,
    at           timestamptz NOT NULL,
    cancelled_at timestamptz
);
COMMENT ON TABLE outreach_contact IS 'Contacts that the gate let pass: the ground of all caps';
COMMENT ON COLUMN outreach_contact.key IS 'Idempotency key of the contact; the same key takes one place only';
COMMENT ON COLUMN outreach_contact.holder IS 'Whom it was for';
COMMENT ON COLUMN outreach_contact.phone IS 'Number, E.164';
COMMENT ON COLUMN outreach_contact.purpose IS 'service, security, reminder, marketing, survey';
COMMENT ON COLUMN outreach_contact.channel IS 'sms';
COMMENT ON COLUMN outreach_contact.solicited IS 'True for an answer to what the person had just asked; not counted';
COMMENT ON COLUMN outreach_contact.at IS 'When its place was taken';
COMMENT ON COLUMN outreach_contact.cancelled_at IS 'When it was given back because nothing was sent after all';
CREATE INDEX outreach_contact_holder ON outreach_contact (holder, at);
CREATE INDEX outreach_contact_phone ON outreach_contact (phone, at);
