-- The doors of complaints: how whoever complained without logging in finds the complaint again.
CREATE TABLE complaint_lookup (
    complaint  text        PRIMARY KEY REFERENCES complaint,
    word_hash  bytea       NOT NULL CHECK (length(word_hash) = 32),
    made_at    timestamptz NOT NULL
);
COMMENT ON TABLE complaint_lookup IS 'By which word a complaint of the public form is opened; the word itself is kept nowhere';
COMMENT ON COLUMN complaint_lookup.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_lookup.word_hash IS 'SHA-256 of the word, which has 60 random bits';
COMMENT ON COLUMN complaint_lookup.made_at IS 'When the word was told, once';

CREATE TABLE complaint_lookup_miss (
    reference text        NOT NULL CHECK (length(reference) <= 40),
    at        timestamptz NOT NULL,
    id        text        PRIMARY KEY
);
COMMENT ON TABLE complaint_lookup_miss IS 'Wrong words for a reference, also for one that nobody has; swept when their time is over';
COMMENT ON COLUMN complaint_lookup_miss.reference IS 'The reference as it was asked for';
COMMENT ON COLUMN complaint_lookup_miss.at IS 'When';
COMMENT ON COLUMN complaint_lookup_miss.id IS 'Identifier';
CREATE INDEX complaint_lookup_miss_of ON complaint_lookup_miss (reference, at);

CREATE TABLE complaint_form (
    key text        PRIMARY KEY CHECK (length(key) <= 200),
    at  timestamptz NOT NULL
);
COMMENT ON TABLE complaint_form IS 'Forms of complainants that were taken, so that sending one twice does it once';
COMMENT ON COLUMN complaint_form.key IS 'Complaint, act and the key of the form';
COMMENT ON COLUMN complaint_form.at IS 'When it was taken';
