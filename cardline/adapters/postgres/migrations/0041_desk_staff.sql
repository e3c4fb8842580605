CREATE TABLE staff (
    number     text        PRIMARY KEY,
    name       text        NOT NULL,
    role       text        NOT NULL
        CHECK (role IN ('agent', 'lead', 'quality', 'compliance', 'administrator')),
    agent_id   text        UNIQUE,
    token_hash bytea       NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    phone_user text        UNIQUE,
    phone_ha1  text,
    added_at   timestamptz NOT NULL,
    left_at    timestamptz,
    CHECK ((phone_user IS NULL) = (phone_ha1 IS NULL))
);
COMMENT ON TABLE staff IS 'People who serve: who they are, what they may, the phone that is theirs';
COMMENT ON COLUMN staff.number IS 'Staff number, as told to callers';
COMMENT ON COLUMN staff.name IS 'Name';
COMMENT ON COLUMN staff.role IS 'What they may do in the system';
COMMENT ON COLUMN staff.agent_id IS 'Id in routing, for those who take calls';
COMMENT ON COLUMN staff.token_hash IS 'SHA-256 of the token for the API; the token itself is shown once';
COMMENT ON COLUMN staff.phone_user IS 'User name of the desk phone that registers';
COMMENT ON COLUMN staff.phone_ha1 IS 'Digest MD5 of user:realm:password of that phone (RFC 2617)';
COMMENT ON COLUMN staff.added_at IS 'When they were added';
COMMENT ON COLUMN staff.left_at IS 'When they left; the token and the phone stop working then';
