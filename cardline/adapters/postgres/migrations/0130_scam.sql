CREATE TABLE scam_report (
    id           text             PRIMARY KEY,
    key          text             NOT NULL UNIQUE,
    holder       text,
    interaction  text             REFERENCES interaction (id),
    kind         text             NOT NULL CHECK (kind IN ('message', 'call')),
    sender       text             NOT NULL,
    text         text             NOT NULL CHECK (text <> ''),
    secrets_told boolean          NOT NULL,
    paid         boolean          NOT NULL,
    frozen       text[]           NOT NULL,
    verdict      text             NOT NULL CHECK (verdict IN ('official', 'unknown', 'scam')),
    score        double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    reasons      text[]           NOT NULL,
    rule         text             NOT NULL,
    opened_by    text             NOT NULL,
    opened_at    timestamptz      NOT NULL,
    due_at       timestamptz      NOT NULL,
    state        text             NOT NULL CHECK (state IN ('open', 'confirmed', 'dismissed')),
    reviewed_by  text,
    reviewed_at  timestamptz,
    findings     text,
    CHECK ((state = 'open') = (reviewed_at IS NULL)),
    CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL) AND (reviewed_at IS NULL) = (findings IS NULL))
);
COMMENT ON TABLE scam_report IS 'Reports of scams (row E3): each is a case for compliance until it is confirmed or dismissed';
COMMENT ON COLUMN scam_report.id IS 'Identifier';
COMMENT ON COLUMN scam_report.key IS 'The same for a repeat of the same report';
COMMENT ON COLUMN scam_report.holder IS 'Who was approached; null while nobody is claimed';
COMMENT ON COLUMN scam_report.interaction IS 'The conversation in which it was told; null from the holder''s own pages';
COMMENT ON COLUMN scam_report.kind IS 'message: what was received; call: what was said, as the holder tells it';
COMMENT ON COLUMN scam_report.sender IS 'Number or name that was shown; empty where it is not known';
COMMENT ON COLUMN scam_report.text IS 'The text without secrets';
COMMENT ON COLUMN scam_report.secrets_told IS 'A password, a code or card data was given away';
COMMENT ON COLUMN scam_report.paid IS 'Money was moved';
COMMENT ON COLUMN scam_report.frozen IS 'Cards that were frozen with the report';
COMMENT ON COLUMN scam_report.verdict IS 'What the rules said to it: official, unknown, scam';
COMMENT ON COLUMN scam_report.score IS 'How much like a scam, 0 to 1';
COMMENT ON COLUMN scam_report.reasons IS 'Codes of all reasons, the heaviest first';
COMMENT ON COLUMN scam_report.rule IS 'Versions of policy, signals and model that judged';
COMMENT ON COLUMN scam_report.opened_by IS 'Who reported, as in the journal';
COMMENT ON COLUMN scam_report.opened_at IS 'When it was taken in';
COMMENT ON COLUMN scam_report.due_at IS 'By when compliance reviews it';
COMMENT ON COLUMN scam_report.state IS 'open, confirmed: what it names is known as a scam; dismissed';
COMMENT ON COLUMN scam_report.reviewed_by IS 'Staff number of who reviewed it, never who reported it';
COMMENT ON COLUMN scam_report.reviewed_at IS 'When it was reviewed';
COMMENT ON COLUMN scam_report.findings IS 'What was found, in words';
CREATE INDEX scam_report_open ON scam_report (due_at) WHERE state = 'open';
CREATE INDEX scam_report_opened ON scam_report (opened_at);
CREATE INDEX scam_report_holder ON scam_report (holder, opened_at);

CREATE TABLE scam_indicator (
    id          text        PRIMARY KEY,
    report      text        NOT NULL REFERENCES scam_report (id),
    kind        text        NOT NULL CHECK (kind IN ('number', 'domain', 'text')),
    value       text        NOT NULL CHECK (value <> ''),
    known_from  timestamptz,
    known_until timestamptz,
    UNIQUE (report, kind, value),
    CHECK ((known_from IS NULL) = (known_until IS NULL)),
    CHECK (known_until >= known_from)
);
COMMENT ON TABLE scam_indicator IS 'Numbers, domains and texts of reports; they count as known scams from the confirmation on, for a time';
COMMENT ON COLUMN scam_indicator.id IS 'Identifier';
COMMENT ON COLUMN scam_indicator.report IS 'The report that named it';
COMMENT ON COLUMN scam_indicator.kind IS 'number, domain, or text (a fingerprint)';
COMMENT ON COLUMN scam_indicator.value IS 'In the form in which it is compared; of a text the fingerprint, never the text';
COMMENT ON COLUMN scam_indicator.known_from IS 'From when it counts; null while nobody has confirmed it';
COMMENT ON COLUMN scam_indicator.known_until IS 'The end, exclusive: numbers find new owners';
CREATE INDEX scam_indicator_known ON scam_indicator (known_until) WHERE known_until IS NOT NULL;

CREATE TABLE scam_warning (
    id          text        PRIMARY KEY,
    interaction text        NOT NULL REFERENCES interaction (id),
    holder      text        NOT NULL,
    reasons     text[]      NOT NULL CHECK (cardinality(reasons) > 0),
    words       text        NOT NULL CHECK (words <> ''),
    goes_on     boolean     NOT NULL,
    card        text,
    cools_until timestamptz,
    author      text        NOT NULL,
    at          timestamptz NOT NULL,
    CHECK ((card IS NULL) = (cools_until IS NULL))
);
COMMENT ON TABLE scam_warning IS 'Warnings of scams given to holders, and what they said to it (row E4)';
COMMENT ON COLUMN scam_warning.id IS 'Identifier';
COMMENT ON COLUMN scam_warning.interaction IS 'The conversation in which it was given';
COMMENT ON COLUMN scam_warning.holder IS 'Who was warned';
COMMENT ON COLUMN scam_warning.reasons IS 'Codes of the reasons that were told';
COMMENT ON COLUMN scam_warning.words IS 'What the holder means to do, without secrets';
COMMENT ON COLUMN scam_warning.goes_on IS 'Whether the holder goes on all the same';
COMMENT ON COLUMN scam_warning.card IS 'The card that is held while things cool off, with the holder''s agreement';
COMMENT ON COLUMN scam_warning.cools_until IS 'Until when it is held';
COMMENT ON COLUMN scam_warning.author IS 'Staff number of who warned';
COMMENT ON COLUMN scam_warning.at IS 'When';
CREATE INDEX scam_warning_holder ON scam_warning (holder, at);
CREATE INDEX scam_warning_interaction ON scam_warning (interaction, at);
