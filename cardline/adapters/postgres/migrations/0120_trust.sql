CREATE TABLE trust_official (
    id       text        PRIMARY KEY,
    kind     text        NOT NULL CHECK (kind IN ('number', 'sender', 'domain', 'campaign')),
    value    text        NOT NULL CHECK (value <> ''),
    name_zh  text        NOT NULL CHECK (name_zh <> ''),
    name_en  text        NOT NULL CHECK (name_en <> ''),
    since    timestamptz NOT NULL,
    until    timestamptz CHECK (until > since),
    added_by text        NOT NULL,
    added_at timestamptz NOT NULL,
    UNIQUE (kind, value, since)
);
COMMENT ON TABLE trust_official IS 'What is officially the bank''s: numbers, sender names, domains, running offers (row E2)';
COMMENT ON COLUMN trust_official.id IS 'Identifier';
COMMENT ON COLUMN trust_official.kind IS 'number, sender, domain, campaign';
COMMENT ON COLUMN trust_official.value IS 'Canonical: E.164 or a short number, a folded name, a host name, the code of an offer';
COMMENT ON COLUMN trust_official.name_zh IS 'What it is, in Chinese, as people are told';
COMMENT ON COLUMN trust_official.name_en IS 'The same in English';
COMMENT ON COLUMN trust_official.since IS 'From when on it is ours';
COMMENT ON COLUMN trust_official.until IS 'Until when, exclusive; null while it lasts';
COMMENT ON COLUMN trust_official.added_by IS 'Who entered it, as in the journal';
COMMENT ON COLUMN trust_official.added_at IS 'When it was entered';

CREATE TABLE trust_proof (
    id          text        PRIMARY KEY,
    key         text        NOT NULL UNIQUE,
    channel     text        NOT NULL CHECK (channel IN ('call', 'sms', 'email', 'letter', 'app')),
    sent_to     text        NOT NULL,
    holder      text,
    purpose     text        NOT NULL,
    shown       text        NOT NULL,
    staff       text,
    staff_name  text,
    code        smallint[]  NOT NULL CHECK (cardinality(code) = 3),
    text        text        NOT NULL DEFAULT '',
    solicited   boolean     NOT NULL,
    at          timestamptz NOT NULL,
    answered_at timestamptz CHECK (answered_at >= at),
    ended_at    timestamptz CHECK (ended_at >= at),
    undone_at   timestamptz,
    CHECK ((staff IS NULL) = (staff_name IS NULL))
);
COMMENT ON TABLE trust_proof IS 'The proof that every contact of ours leaves: what whoever was contacted can check (row E1)';
COMMENT ON COLUMN trust_proof.id IS 'Identifier; also the journal stream, where the contact belongs to no other';
COMMENT ON COLUMN trust_proof.key IS 'Idempotency key of the contact: the same contact leaves one proof';
COMMENT ON COLUMN trust_proof.channel IS 'call, sms, email, letter, app';
COMMENT ON COLUMN trust_proof.sent_to IS 'Where it went: E.164 for calls and short messages';
COMMENT ON COLUMN trust_proof.holder IS 'Whom it was for; null where nobody is known';
COMMENT ON COLUMN trust_proof.purpose IS 'Why: service, security, reminder, collection, marketing, survey';
COMMENT ON COLUMN trust_proof.shown IS 'Number or sender that was displayed';
COMMENT ON COLUMN trust_proof.staff IS 'Staff number of who spoke for us; null for a machine';
COMMENT ON COLUMN trust_proof.staff_name IS 'Their name, as it was at that time';
COMMENT ON COLUMN trust_proof.code IS 'The spoken code: places of three words in code_words.yaml';
COMMENT ON COLUMN trust_proof.text IS 'What was written, its secrets masked; empty for a call';
COMMENT ON COLUMN trust_proof.solicited IS 'True for an answer to what the person had just asked';
COMMENT ON COLUMN trust_proof.at IS 'When it began: ringing, or handing over to the way out';
COMMENT ON COLUMN trust_proof.answered_at IS 'When a call was answered, if it was';
COMMENT ON COLUMN trust_proof.ended_at IS 'When a call was over';
COMMENT ON COLUMN trust_proof.undone_at IS 'When it turned out that it was never made; then it proves nothing';
CREATE INDEX trust_proof_sent_to ON trust_proof (sent_to, at);
CREATE INDEX trust_proof_holder ON trust_proof (holder, at) WHERE holder IS NOT NULL;
CREATE INDEX trust_proof_code ON trust_proof (code, at);

CREATE TABLE trust_caller_identity (
    interaction text        PRIMARY KEY,
    verdict     text        NOT NULL CHECK (verdict IN ('valid', 'invalid', 'unknown-signer')),
    reasons     jsonb       NOT NULL,
    origin      text        NOT NULL DEFAULT '',
    attest      text        NOT NULL DEFAULT '',
    name        text        NOT NULL DEFAULT '',
    reason      text        NOT NULL DEFAULT '',
    signer      text        NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);
COMMENT ON TABLE trust_caller_identity IS 'What a signed caller identity of an incoming call was worth (row E6); it says nothing of who the holder is';
COMMENT ON COLUMN trust_caller_identity.interaction IS 'The call';
COMMENT ON COLUMN trust_caller_identity.verdict IS 'valid; invalid with the reasons; signed by somebody whom we do not know';
COMMENT ON COLUMN trust_caller_identity.reasons IS 'Codes of what was wrong';
COMMENT ON COLUMN trust_caller_identity.origin IS 'The number that was signed for; empty where unreadable';
COMMENT ON COLUMN trust_caller_identity.attest IS 'A, B or C (RFC 8588); empty without one';
COMMENT ON COLUMN trust_caller_identity.name IS 'Name in the rich call data, as signed';
COMMENT ON COLUMN trust_caller_identity.reason IS 'Reason of the call, as signed';
COMMENT ON COLUMN trust_caller_identity.signer IS 'Address of the certificate that was named';
COMMENT ON COLUMN trust_caller_identity.at IS 'When it was checked';
