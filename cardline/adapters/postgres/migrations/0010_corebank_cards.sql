CREATE TABLE bank_holder (
    id       text    PRIMARY KEY,
    name     text    NOT NULL CHECK (name <> ''),
    phone    text    NOT NULL CONSTRAINT bank_holder_phone UNIQUE CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    id_tail  text    NOT NULL CHECK (id_tail ~ '^[0-9]{3}[0-9X]$'),
    language text    NOT NULL CHECK (language IN ('zh', 'en')),
    zone     text    NOT NULL,
    made_up  boolean NOT NULL
);
COMMENT ON TABLE bank_holder IS 'Cardholders of the embedded card ledger';
COMMENT ON COLUMN bank_holder.id IS 'Identifier';
COMMENT ON COLUMN bank_holder.name IS 'Name as on the card contract';
COMMENT ON COLUMN bank_holder.phone IS 'Registered telephone number, E.164; no two holders share one';
COMMENT ON COLUMN bank_holder.id_tail IS 'Last 4 characters of the identity number; the last may be X';
COMMENT ON COLUMN bank_holder.language IS 'Language in which the holder is spoken to';
COMMENT ON COLUMN bank_holder.zone IS 'Time zone in which the holder lives (IANA name)';
COMMENT ON COLUMN bank_holder.made_up IS 'True where the person was invented: demonstrations, anonymous data';

CREATE TABLE bank_account (
    id              text     PRIMARY KEY,
    holder_id       text     NOT NULL REFERENCES bank_holder,
    currency        char(3)  NOT NULL,
    credit_limit    bigint   NOT NULL CHECK (credit_limit >= 0),
    statement_day   smallint NOT NULL CHECK (statement_day BETWEEN 1 AND 28),
    due_days        smallint NOT NULL CHECK (due_days > 0),
    opened_on       date     NOT NULL,
    interest_mode   text     NOT NULL CHECK (interest_mode IN ('full', 'partial')),
    daily_rate      numeric  NOT NULL CHECK (daily_rate >= 0),
    minimum_rate    numeric  NOT NULL CHECK (minimum_rate BETWEEN 0 AND 1),
    next_closing_on date     NOT NULL
);
COMMENT ON TABLE bank_account IS 'Credit lines; one statement a month each';
COMMENT ON COLUMN bank_account.id IS 'Identifier';
COMMENT ON COLUMN bank_account.holder_id IS 'Who owes';
COMMENT ON COLUMN bank_account.currency IS 'ISO 4217';
COMMENT ON COLUMN bank_account.credit_limit IS 'Limit in minor units';
COMMENT ON COLUMN bank_account.statement_day IS 'Day of the month on which a period closes';
COMMENT ON COLUMN bank_account.due_days IS 'Days from the closing date to the due date';
COMMENT ON COLUMN bank_account.opened_on IS 'Day of opening';
COMMENT ON COLUMN bank_account.interest_mode IS 'full: on all statement debt; partial: on what was unpaid at the due date';
COMMENT ON COLUMN bank_account.daily_rate IS 'Interest a day, by contract';
COMMENT ON COLUMN bank_account.minimum_rate IS 'Share of the unpaid purchases in the minimum payment, by contract';
COMMENT ON COLUMN bank_account.next_closing_on IS 'Closing date of the open period; nothing may be posted before it began';
CREATE INDEX bank_account_holder ON bank_account (holder_id);
CREATE INDEX bank_account_next_closing ON bank_account (next_closing_on, id);

CREATE TABLE bank_card (
    id         text        PRIMARY KEY,
    account_id text        NOT NULL REFERENCES bank_account,
    holder_id  text        NOT NULL REFERENCES bank_holder,
    tail       text        NOT NULL CHECK (tail ~ '^[0-9]{4}$'),
    token      text        NOT NULL CONSTRAINT bank_card_token UNIQUE CHECK (token !~ '^[0-9]{12,}$'),
    product    text        NOT NULL CHECK (product IN ('standard', 'gold', 'platinum')),
    state      text        NOT NULL CHECK (state IN ('active', 'held', 'frozen', 'closed')),
    held_until timestamptz,
    activated  boolean     NOT NULL,
    issued_on  date        NOT NULL,
    version    integer     NOT NULL DEFAULT 0,
    CONSTRAINT bank_card_hold_ends CHECK ((state = 'held') = (held_until IS NOT NULL))
);
COMMENT ON TABLE bank_card IS 'Cards; the full number is not stored anywhere';
COMMENT ON COLUMN bank_card.id IS 'Identifier';
COMMENT ON COLUMN bank_card.account_id IS 'The credit line that it draws on';
COMMENT ON COLUMN bank_card.holder_id IS 'Who carries it; may differ from the account''s holder';
COMMENT ON COLUMN bank_card.tail IS 'Last 4 digits of the number';
COMMENT ON COLUMN bank_card.token IS 'Stands for the number at whoever keeps it; never the number itself';
COMMENT ON COLUMN bank_card.product IS 'Product, by which the annual fee goes';
COMMENT ON COLUMN bank_card.state IS 'State as written last; a hold whose time is over counts as active';
COMMENT ON COLUMN bank_card.held_until IS 'When a hold ends by itself';
COMMENT ON COLUMN bank_card.activated IS 'A card never activated owes no annual fee';
COMMENT ON COLUMN bank_card.issued_on IS 'Day of issue; card years count from it';
COMMENT ON COLUMN bank_card.version IS 'Number of state changes so far';
CREATE INDEX bank_card_account ON bank_card (account_id);
CREATE INDEX bank_card_holder ON bank_card (holder_id);
CREATE INDEX bank_card_tail ON bank_card (tail);
CREATE INDEX bank_card_held ON bank_card (held_until) WHERE state = 'held';

CREATE TABLE bank_card_change (
    card_id    text        NOT NULL REFERENCES bank_card,
    version    integer     NOT NULL,
    key        text        NOT NULL CONSTRAINT bank_card_change_key UNIQUE,
    at         timestamptz NOT NULL,
    was        text        NOT NULL,
    state      text        NOT NULL,
    held_until timestamptz,
    PRIMARY KEY (card_id, version)
);
COMMENT ON TABLE bank_card_change IS 'Every change of a card''s state, append-only';
COMMENT ON COLUMN bank_card_change.card_id IS 'The card';
COMMENT ON COLUMN bank_card_change.version IS 'Place in the history of the card, from 1';
COMMENT ON COLUMN bank_card_change.key IS 'Makes a repeated order harmless';
COMMENT ON COLUMN bank_card_change.at IS 'When it took effect';
COMMENT ON COLUMN bank_card_change.was IS 'State before';
COMMENT ON COLUMN bank_card_change.state IS 'State after';
COMMENT ON COLUMN bank_card_change.held_until IS 'When the hold ends, where it is one';

CREATE FUNCTION bank_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER bank_card_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_card_change
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();
