CREATE TABLE bank_posting (
    id             text        PRIMARY KEY,
    seq            bigint      GENERATED ALWAYS AS IDENTITY,
    account_id     text        NOT NULL REFERENCES bank_account,
    card_id        text        REFERENCES bank_card,
    kind           text        NOT NULL,
    amount         bigint      NOT NULL,
    posted_on      date        NOT NULL,
    at             timestamptz NOT NULL,
    merchant       text        NOT NULL DEFAULT '',
    description_zh text        NOT NULL DEFAULT '',
    description_en text        NOT NULL DEFAULT '',
    points         integer     NOT NULL DEFAULT 0,
    key            text,
    CONSTRAINT bank_posting_sign CHECK (
        CASE
            WHEN kind IN ('purchase', 'cash', 'instalment', 'interest',
                          'late_fee', 'annual_fee', 'fee') THEN amount > 0
            WHEN kind IN ('payment', 'refund') THEN amount < 0
            WHEN kind = 'adjustment' THEN amount <> 0
            WHEN kind = 'points' THEN amount = 0 AND points <> 0
            ELSE false
        END
    )
);
COMMENT ON TABLE bank_posting IS 'Lines of the accounts, append-only; a mistake is undone by a line the other way';
COMMENT ON COLUMN bank_posting.id IS 'Identifier';
COMMENT ON COLUMN bank_posting.seq IS 'Order within a business day';
COMMENT ON COLUMN bank_posting.account_id IS 'The account';
COMMENT ON COLUMN bank_posting.card_id IS 'The card, where one was used or is charged';
COMMENT ON COLUMN bank_posting.kind IS 'What it is; each kind has its sign';
COMMENT ON COLUMN bank_posting.amount IS 'Minor units; positive adds to what is owed';
COMMENT ON COLUMN bank_posting.posted_on IS 'Business day from which it counts';
COMMENT ON COLUMN bank_posting.at IS 'When it was made';
COMMENT ON COLUMN bank_posting.merchant IS 'Where the card was used';
COMMENT ON COLUMN bank_posting.description_zh IS 'Words of the bank''s own system, Chinese, if it gives any';
COMMENT ON COLUMN bank_posting.description_en IS 'The same in English';
COMMENT ON COLUMN bank_posting.points IS 'Points earned, or taken where negative';
COMMENT ON COLUMN bank_posting.key IS 'Makes a repeated order harmless';
CREATE INDEX bank_posting_account ON bank_posting (account_id, posted_on, seq);
CREATE UNIQUE INDEX bank_posting_key ON bank_posting (key) WHERE key IS NOT NULL;
CREATE TRIGGER bank_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_posting
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();

CREATE TABLE bank_statement (
    account_id      text     NOT NULL REFERENCES bank_account,
    closing_on      date     NOT NULL,
    period_from     date     NOT NULL,
    period_to       date     NOT NULL,
    opening         bigint   NOT NULL,
    purchases       bigint   NOT NULL CHECK (purchases >= 0),
    cash            bigint   NOT NULL CHECK (cash >= 0),
    instalments     bigint   NOT NULL CHECK (instalments >= 0),
    interest        bigint   NOT NULL CHECK (interest >= 0),
    fees            bigint   NOT NULL CHECK (fees >= 0),
    payments        bigint   NOT NULL CHECK (payments >= 0),
    refunds         bigint   NOT NULL CHECK (refunds >= 0),
    adjustments     bigint   NOT NULL,
    closing         bigint   NOT NULL,
    minimum_payment bigint   NOT NULL CHECK (minimum_payment BETWEEN 0 AND greatest(closing, 0)),
    due_on          date     NOT NULL,
    arrears_months  smallint NOT NULL CHECK (arrears_months >= 0),
    PRIMARY KEY (account_id, closing_on),
    CONSTRAINT bank_statement_adds_up CHECK (
        closing = opening + purchases + cash + instalments + interest + fees + adjustments
                - payments - refunds
    ),
    CONSTRAINT bank_statement_period CHECK (
        period_from < period_to AND closing_on = period_to - 1 AND due_on > closing_on
    )
);
COMMENT ON TABLE bank_statement IS 'Closed periods, append-only; all amounts in minor units';
COMMENT ON COLUMN bank_statement.account_id IS 'The account';
COMMENT ON COLUMN bank_statement.closing_on IS 'Date of the statement, the last day of its period';
COMMENT ON COLUMN bank_statement.period_from IS 'First day of the period';
COMMENT ON COLUMN bank_statement.period_to IS 'First day after the period';
COMMENT ON COLUMN bank_statement.opening IS 'Balance of the statement before';
COMMENT ON COLUMN bank_statement.purchases IS 'Purchases of the period';
COMMENT ON COLUMN bank_statement.cash IS 'Cash drawn in the period';
COMMENT ON COLUMN bank_statement.instalments IS 'Instalments that fell due';
COMMENT ON COLUMN bank_statement.interest IS 'Interest charged; its lines stand in bank_interest_line';
COMMENT ON COLUMN bank_statement.fees IS 'Late fee, annual fee and other fees';
COMMENT ON COLUMN bank_statement.payments IS 'What was paid in, as a positive amount';
COMMENT ON COLUMN bank_statement.refunds IS 'What merchants gave back, as a positive amount';
COMMENT ON COLUMN bank_statement.adjustments IS 'Corrections, with their sign';
COMMENT ON COLUMN bank_statement.closing IS 'Balance; negative where the holder has paid too much';
COMMENT ON COLUMN bank_statement.minimum_payment IS 'What must be paid at least by the due date';
COMMENT ON COLUMN bank_statement.due_on IS 'Last day on which a payment is in time, grace not counted';
COMMENT ON COLUMN bank_statement.arrears_months IS 'Minimum payments missed in a row at the closing date';
CREATE TRIGGER bank_statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_statement
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();

CREATE TABLE bank_interest_line (
    account_id text     NOT NULL,
    closing_on date     NOT NULL,
    place      smallint NOT NULL,
    posting_id text     NOT NULL REFERENCES bank_posting,
    principal  bigint   NOT NULL CHECK (principal > 0),
    from_on    date     NOT NULL,
    to_on      date     NOT NULL,
    daily_rate numeric  NOT NULL,
    exact      numeric  NOT NULL,
    amount     bigint   NOT NULL,
    PRIMARY KEY (account_id, closing_on, place),
    FOREIGN KEY (account_id, closing_on) REFERENCES bank_statement,
    CONSTRAINT bank_interest_line_days CHECK (from_on < to_on)
);
COMMENT ON TABLE bank_interest_line IS 'How the interest of a statement was reckoned, append-only';
COMMENT ON COLUMN bank_interest_line.account_id IS 'The account';
COMMENT ON COLUMN bank_interest_line.closing_on IS 'The statement that charges it';
COMMENT ON COLUMN bank_interest_line.place IS 'Place in the explanation, from 1';
COMMENT ON COLUMN bank_interest_line.posting_id IS 'The posting that bears the interest';
COMMENT ON COLUMN bank_interest_line.principal IS 'What of it was outstanding, minor units';
COMMENT ON COLUMN bank_interest_line.from_on IS 'First day that counts';
COMMENT ON COLUMN bank_interest_line.to_on IS 'First day that no longer counts';
COMMENT ON COLUMN bank_interest_line.daily_rate IS 'Rate a day';
COMMENT ON COLUMN bank_interest_line.exact IS 'Principal x days x rate, minor units, not rounded';
COMMENT ON COLUMN bank_interest_line.amount IS 'Rounded so that all lines add up to the charge';
CREATE TRIGGER bank_interest_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_interest_line
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();
