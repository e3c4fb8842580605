CREATE TABLE staff_login (
    number          text        PRIMARY KEY REFERENCES staff (number),
    password_hash   text        NOT NULL,
    password_set_at timestamptz NOT NULL,
    totp_sealed     bytea,
    totp_pending    bytea,
    totp_step       bigint      NOT NULL DEFAULT 0,
    enrolled_at     timestamptz,
    CHECK ((totp_sealed IS NULL) = (enrolled_at IS NULL))
);
COMMENT ON TABLE staff_login IS 'How somebody who serves logs in: password and second factor';
COMMENT ON COLUMN staff_login.number IS 'Staff number';
COMMENT ON COLUMN staff_login.password_hash IS 'argon2id of the keyed password, encoded with its salt and cost; the key lies outside the database';
COMMENT ON COLUMN staff_login.password_set_at IS 'When the password was set or changed last';
COMMENT ON COLUMN staff_login.totp_sealed IS 'Secret of the second factor (RFC 6238), sealed for this staff number with AES-256-GCM; null before enrolment';
COMMENT ON COLUMN staff_login.totp_pending IS 'Sealed secret of an enrolment that no right code has confirmed yet';
COMMENT ON COLUMN staff_login.totp_step IS 'Time step of the last code that was accepted; only later ones are';
COMMENT ON COLUMN staff_login.enrolled_at IS 'When the second factor was confirmed';

CREATE TABLE staff_login_tries (
    key          bytea       PRIMARY KEY CHECK (length(key) = 32),
    wrong        integer     NOT NULL CHECK (wrong >= 0),
    locked_until timestamptz,
    last_at      timestamptz NOT NULL
);
CREATE INDEX staff_login_tries_last ON staff_login_tries (last_at);
COMMENT ON TABLE staff_login_tries IS 'Tries to log in since the last right one, for staff numbers that exist and those that do not alike';
COMMENT ON COLUMN staff_login_tries.key IS 'HMAC-SHA256 of the number as it was typed: people type passwords there by mistake';
COMMENT ON COLUMN staff_login_tries.wrong IS 'Tries counted; each counts before it is judged, and a right one takes all back';
COMMENT ON COLUMN staff_login_tries.locked_until IS 'Until when no try is judged';
COMMENT ON COLUMN staff_login_tries.last_at IS 'When the last try was counted; old rows are deleted';

CREATE TABLE staff_session (
    id            text        PRIMARY KEY,
    number        text        NOT NULL REFERENCES staff (number),
    secret_hash   bytea       NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    second_factor boolean     NOT NULL,
    opened_at     timestamptz NOT NULL,
    seen_at       timestamptz NOT NULL,
    idle_until    timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    ended_at      timestamptz,
    user_agent    text        NOT NULL CHECK (length(user_agent) <= 120),
    CHECK (opened_at <= seen_at AND opened_at < ends_at)
);
CREATE INDEX staff_session_open ON staff_session (number) WHERE ended_at IS NULL;
COMMENT ON TABLE staff_session IS 'Sessions of browsers in which somebody who serves is logged in';
COMMENT ON COLUMN staff_session.id IS 'Id, as the journal names it; it opens nothing';
COMMENT ON COLUMN staff_session.number IS 'Whose it is';
COMMENT ON COLUMN staff_session.secret_hash IS 'SHA-256 of the secret in the cookie; the secret itself is nowhere';
COMMENT ON COLUMN staff_session.second_factor IS 'Whether the second factor was proven in it; without, it serves for enrolment only';
COMMENT ON COLUMN staff_session.opened_at IS 'When it began';
COMMENT ON COLUMN staff_session.seen_at IS 'When it was used last, to the minute';
COMMENT ON COLUMN staff_session.idle_until IS 'When it ends unless it is used before';
COMMENT ON COLUMN staff_session.ends_at IS 'When it ends in any case';
COMMENT ON COLUMN staff_session.ended_at IS 'When it was ended before its time: logged out, password changed, left';
COMMENT ON COLUMN staff_session.user_agent IS 'What the browser called itself, shortened';
