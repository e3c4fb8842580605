CREATE TABLE card_fee_reversal (
    id           text        PRIMARY KEY,
    holder_id    text        NOT NULL,
    account_id   text        NOT NULL,
    card_id      text        NOT NULL,
    posting_id   text        NOT NULL,
    amount       bigint      NOT NULL CHECK (amount > 0),
    ground       text        NOT NULL CHECK (ground IN ('waived-by-use', 'never-activated', 'goodwill')),
    interaction  text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('awaiting', 'reversed', 'turned-down')),
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   text,
    decided_at   timestamptz,
    why          text,
    reversal_id  text,
    CONSTRAINT card_fee_reversal_posted CHECK ((state = 'reversed') = (reversal_id IS NOT NULL)),
    CONSTRAINT card_fee_reversal_four_eyes CHECK (decided_by IS NULL OR decided_by <> requested_by)
);
COMMENT ON TABLE card_fee_reversal IS 'Annual fees that were given back, or wait for a second pair of eyes (row B7)';
COMMENT ON COLUMN card_fee_reversal.id IS 'Identifier';
COMMENT ON COLUMN card_fee_reversal.holder_id IS 'The holder';
COMMENT ON COLUMN card_fee_reversal.account_id IS 'The account';
COMMENT ON COLUMN card_fee_reversal.card_id IS 'The card whose fee it is';
COMMENT ON COLUMN card_fee_reversal.posting_id IS 'The fee as it was charged';
COMMENT ON COLUMN card_fee_reversal.amount IS 'Minor units';
COMMENT ON COLUMN card_fee_reversal.ground IS 'Why: used often enough, never activated, or goodwill';
COMMENT ON COLUMN card_fee_reversal.interaction IS 'Where it was asked for';
COMMENT ON COLUMN card_fee_reversal.state IS 'awaiting a lead, reversed, turned down by the lead';
COMMENT ON COLUMN card_fee_reversal.requested_by IS 'Staff number of the first pair of eyes';
COMMENT ON COLUMN card_fee_reversal.requested_at IS 'When';
COMMENT ON COLUMN card_fee_reversal.decided_by IS 'Staff number of the second, somebody else';
COMMENT ON COLUMN card_fee_reversal.decided_at IS 'When';
COMMENT ON COLUMN card_fee_reversal.why IS 'Why the second decided so';
COMMENT ON COLUMN card_fee_reversal.reversal_id IS 'The posting that gave it back';
CREATE INDEX card_fee_reversal_holder ON card_fee_reversal (holder_id, requested_at);
CREATE INDEX card_fee_reversal_awaiting ON card_fee_reversal (requested_at) WHERE state = 'awaiting';
CREATE UNIQUE INDEX card_fee_reversal_once ON card_fee_reversal (posting_id)
    WHERE state IN ('awaiting', 'reversed');

CREATE TABLE card_closure (
    id           text        PRIMARY KEY,
    holder_id    text        NOT NULL,
    card_id      text        NOT NULL,
    interaction  text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('cooling', 'closed', 'withdrawn', 'stopped')),
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL,
    closes_at    timestamptz NOT NULL,
    ended_at     timestamptz,
    reasons      jsonb       NOT NULL DEFAULT '[]'
);
COMMENT ON TABLE card_closure IS 'Cards that are being closed: asked for, cooled, closed or withdrawn (row B7)';
COMMENT ON COLUMN card_closure.id IS 'Identifier';
COMMENT ON COLUMN card_closure.holder_id IS 'The holder';
COMMENT ON COLUMN card_closure.card_id IS 'The card';
COMMENT ON COLUMN card_closure.interaction IS 'Where it was asked for';
COMMENT ON COLUMN card_closure.state IS 'cooling, closed, withdrawn by the holder, stopped because something was owed again';
COMMENT ON COLUMN card_closure.requested_by IS 'Staff number of whoever took the request';
COMMENT ON COLUMN card_closure.requested_at IS 'When';
COMMENT ON COLUMN card_closure.closes_at IS 'End of the cooling period; until then it can be withdrawn';
COMMENT ON COLUMN card_closure.ended_at IS 'When it was closed, withdrawn or stopped';
COMMENT ON COLUMN card_closure.reasons IS 'What stopped it';
CREATE INDEX card_closure_holder ON card_closure (holder_id, requested_at);
CREATE INDEX card_closure_cooling ON card_closure (closes_at) WHERE state = 'cooling';
CREATE UNIQUE INDEX card_closure_one ON card_closure (card_id) WHERE state = 'cooling';
