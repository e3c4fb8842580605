CREATE TABLE identity_counter (
    subject text    NOT NULL,
    factor  text    NOT NULL,
    day     date    NOT NULL,
    wrong   integer NOT NULL DEFAULT 0 CHECK (wrong >= 0),
    PRIMARY KEY (subject, factor, day)
);
COMMENT ON TABLE identity_counter IS 'Wrong tries of a day; the row lock lets one try after the other through';
COMMENT ON COLUMN identity_counter.subject IS 'holder:ID, caller:NUMBER, or stream:ID where the number is withheld';
COMMENT ON COLUMN identity_counter.factor IS 'Which factor; card_and_id_tails/freezing is counted apart';
COMMENT ON COLUMN identity_counter.day IS 'Day in the holder''s zone';
COMMENT ON COLUMN identity_counter.wrong IS 'How many tries were wrong';

CREATE TABLE identity_try (
    id      text        PRIMARY KEY,
    subject text        NOT NULL,
    holder  text,
    factor  text        NOT NULL,
    caller  text,
    stream  text        NOT NULL,
    correct boolean     NOT NULL,
    at      timestamptz NOT NULL
);
COMMENT ON TABLE identity_try IS 'Every try to prove a factor, right or wrong, without what was tried';
COMMENT ON COLUMN identity_try.id IS 'Identifier';
COMMENT ON COLUMN identity_try.subject IS 'Whose counter it went to';
COMMENT ON COLUMN identity_try.holder IS 'Who was claimed; null where nobody of that name is known';
COMMENT ON COLUMN identity_try.factor IS 'Which factor';
COMMENT ON COLUMN identity_try.caller IS 'Calling number, E.164; null where withheld';
COMMENT ON COLUMN identity_try.stream IS 'Journal stream of the interaction';
COMMENT ON COLUMN identity_try.correct IS 'Whether it was right';
COMMENT ON COLUMN identity_try.at IS 'When';
CREATE INDEX identity_try_holder ON identity_try (holder, at);

CREATE TABLE identity_query_password (
    id         text        PRIMARY KEY,
    holder     text        NOT NULL,
    hash       text        NOT NULL,
    how        text        NOT NULL CHECK (how IN ('set', 'change', 'reset')),
    set_at     timestamptz NOT NULL,
    weak_until timestamptz,
    retired_at timestamptz
);
COMMENT ON TABLE identity_query_password IS 'Query passwords, as argon2id over an HMAC with the server''s pepper; the present and the last ones';
COMMENT ON COLUMN identity_query_password.id IS 'Identifier';
COMMENT ON COLUMN identity_query_password.holder IS 'Whose';
COMMENT ON COLUMN identity_query_password.hash IS 'Encoded argon2id hash; worthless without the pepper';
COMMENT ON COLUMN identity_query_password.how IS 'set, change or reset';
COMMENT ON COLUMN identity_query_password.set_at IS 'When it was set';
COMMENT ON COLUMN identity_query_password.weak_until IS 'Until then it does not count for guarded acts';
COMMENT ON COLUMN identity_query_password.retired_at IS 'When another took its place; null for the present one';
CREATE UNIQUE INDEX identity_query_password_present
    ON identity_query_password (holder) WHERE retired_at IS NULL;
CREATE INDEX identity_query_password_holder ON identity_query_password (holder, set_at);

CREATE TABLE identity_code (
    id         text        PRIMARY KEY,
    holder     text        NOT NULL,
    purpose    text        NOT NULL CHECK (purpose IN ('identify', 'reset_query_password', 'hold')),
    about      text        NOT NULL DEFAULT '',
    digest     bytea       NOT NULL,
    caller     text,
    stream     text        NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    wrong      integer     NOT NULL DEFAULT 0,
    used_at    timestamptz,
    voided_at  timestamptz
);
COMMENT ON TABLE identity_code IS 'One-time codes and the words of holds, as keyed hashes only';
COMMENT ON COLUMN identity_code.id IS 'Identifier';
COMMENT ON COLUMN identity_code.holder IS 'To whom it was sent';
COMMENT ON COLUMN identity_code.purpose IS 'For what it may be used';
COMMENT ON COLUMN identity_code.about IS 'The card, for the word of a hold; else empty';
COMMENT ON COLUMN identity_code.digest IS 'HMAC-SHA256 with the pepper over purpose, holder, id and code';
COMMENT ON COLUMN identity_code.caller IS 'Number from which the hold was asked for; null where withheld or no hold';
COMMENT ON COLUMN identity_code.stream IS 'Journal stream of the interaction that issued it';
COMMENT ON COLUMN identity_code.issued_at IS 'When it was issued';
COMMENT ON COLUMN identity_code.expires_at IS 'When it ends, exclusive';
COMMENT ON COLUMN identity_code.wrong IS 'Wrong tries so far';
COMMENT ON COLUMN identity_code.used_at IS 'When it was used; it is used once';
COMMENT ON COLUMN identity_code.voided_at IS 'When a newer one, or too many wrong tries, voided it';
CREATE INDEX identity_code_holder ON identity_code (holder, purpose, issued_at);

CREATE TABLE identity_question (
    id          text        PRIMARY KEY,
    holder      text        NOT NULL,
    stream      text        NOT NULL,
    kind        text        NOT NULL,
    right_key   smallint    NOT NULL CHECK (right_key BETWEEN 1 AND 4),
    asked_at    timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    answered_at timestamptz,
    correct     boolean
);
COMMENT ON TABLE identity_question IS 'Questions put to callers whose answers the bank knows';
COMMENT ON COLUMN identity_question.id IS 'Identifier';
COMMENT ON COLUMN identity_question.holder IS 'Whom it was about';
COMMENT ON COLUMN identity_question.stream IS 'Journal stream of the interaction';
COMMENT ON COLUMN identity_question.kind IS 'What was asked';
COMMENT ON COLUMN identity_question.right_key IS 'Key of the right answer';
COMMENT ON COLUMN identity_question.asked_at IS 'When it was put';
COMMENT ON COLUMN identity_question.expires_at IS 'No answer is taken from then on';
COMMENT ON COLUMN identity_question.answered_at IS 'When it was answered';
COMMENT ON COLUMN identity_question.correct IS 'Whether the answer was right';
CREATE INDEX identity_question_stream ON identity_question (stream, holder, asked_at);

CREATE TABLE identity_hold (
    id          text        PRIMARY KEY,
    caller      text        NOT NULL,
    holder      text        NOT NULL,
    stream      text        NOT NULL,
    limited     boolean     NOT NULL,
    at          timestamptz NOT NULL,
    objected_at timestamptz
);
COMMENT ON TABLE identity_hold IS 'Holds by calling number, so that nobody can be harassed by them';
COMMENT ON COLUMN identity_hold.id IS 'Identifier';
COMMENT ON COLUMN identity_hold.caller IS 'Calling number, E.164; withheld:HOLDER where it is withheld';
COMMENT ON COLUMN identity_hold.holder IS 'Whose card was held';
COMMENT ON COLUMN identity_hold.stream IS 'Journal stream of the interaction';
COMMENT ON COLUMN identity_hold.limited IS 'False where a real factor was proven: then no limit applies';
COMMENT ON COLUMN identity_hold.at IS 'When';
COMMENT ON COLUMN identity_hold.objected_at IS 'When the holder answered that it was not theirs';
CREATE INDEX identity_hold_caller ON identity_hold (caller, at);
