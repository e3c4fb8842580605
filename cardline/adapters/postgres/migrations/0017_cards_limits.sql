CREATE TABLE card_limit_request (
    id           text        PRIMARY KEY,
    key          text        NOT NULL CONSTRAINT card_limit_request_key UNIQUE,
    holder_id    text        NOT NULL,
    account_id   text        NOT NULL,
    interaction  text        NOT NULL,
    term         text        NOT NULL CHECK (term IN ('permanent', 'temporary')),
    present      bigint      NOT NULL,
    wanted       bigint      NOT NULL CHECK (wanted > 0),
    until        date,
    state        text        NOT NULL
                 CHECK (state IN ('in-force', 'offered', 'refused', 'referred', 'declined', 'ended')),
    amount       bigint,
    decision     jsonb       NOT NULL,
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   text,
    decided_why  text,
    decided_at   timestamptz,
    in_force_at  timestamptz,
    ended_at     timestamptz,
    CONSTRAINT card_limit_request_temporary_ends CHECK ((term = 'temporary') = (until IS NOT NULL))
);
COMMENT ON TABLE card_limit_request IS 'Requests for another credit limit, with what was decided and why (row B5)';
COMMENT ON COLUMN card_limit_request.id IS 'Identifier';
COMMENT ON COLUMN card_limit_request.key IS 'Makes a repeated request harmless';
COMMENT ON COLUMN card_limit_request.holder_id IS 'The holder';
COMMENT ON COLUMN card_limit_request.account_id IS 'The account';
COMMENT ON COLUMN card_limit_request.interaction IS 'Where it was asked for';
COMMENT ON COLUMN card_limit_request.term IS 'permanent, or temporary until a day';
COMMENT ON COLUMN card_limit_request.present IS 'Limit when it was asked for, minor units; a temporary one returns to it';
COMMENT ON COLUMN card_limit_request.wanted IS 'Limit asked for, minor units';
COMMENT ON COLUMN card_limit_request.until IS 'Last day of a temporary limit';
COMMENT ON COLUMN card_limit_request.state IS 'in-force, offered (lower than wanted), refused, referred to a person, declined by the holder, ended';
COMMENT ON COLUMN card_limit_request.amount IS 'Limit granted or offered, minor units';
COMMENT ON COLUMN card_limit_request.decision IS 'Rule, outcome, every reason, and the facts that it was given';
COMMENT ON COLUMN card_limit_request.requested_by IS 'Staff number of whoever took the request';
COMMENT ON COLUMN card_limit_request.requested_at IS 'When';
COMMENT ON COLUMN card_limit_request.decided_by IS 'Staff number of the person who decided a referred one';
COMMENT ON COLUMN card_limit_request.decided_why IS 'Why that person decided so';
COMMENT ON COLUMN card_limit_request.decided_at IS 'When that person decided, or the holder took or declined an offer';
COMMENT ON COLUMN card_limit_request.in_force_at IS 'From when the limit holds';
COMMENT ON COLUMN card_limit_request.ended_at IS 'When a temporary limit ended';
CREATE INDEX card_limit_request_account ON card_limit_request (account_id, requested_at);
CREATE INDEX card_limit_request_open ON card_limit_request (requested_at) WHERE state IN ('referred', 'offered');
CREATE UNIQUE INDEX card_limit_request_one_open ON card_limit_request (account_id)
    WHERE state IN ('referred', 'offered');
CREATE UNIQUE INDEX card_limit_request_one_temporary ON card_limit_request (account_id)
    WHERE state = 'in-force' AND term = 'temporary';
