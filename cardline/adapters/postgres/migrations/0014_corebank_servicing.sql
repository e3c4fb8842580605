ALTER TABLE bank_holder
    ADD COLUMN address          text,
    ADD COLUMN email            text,
    ADD COLUMN phone_changed_at timestamptz,
    ADD COLUMN data_changed_at  timestamptz,
    ADD COLUMN other_loans      bigint CHECK (other_loans >= 0);
COMMENT ON COLUMN bank_holder.address IS 'Where letters and cards go; null where the bank did not say';
COMMENT ON COLUMN bank_holder.email IS 'E-mail address, if any';
COMMENT ON COLUMN bank_holder.phone_changed_at IS 'When the registered number was last changed: it proves little for a time';
COMMENT ON COLUMN bank_holder.data_changed_at IS 'When address or e-mail was last changed: risky acts need more proof for a time';
COMMENT ON COLUMN bank_holder.other_loans IS 'What the holder owes elsewhere, minor units; null: unknown, and then a person decides about limits';

CREATE TABLE bank_contact_change (
    key       text        PRIMARY KEY,
    holder_id text        NOT NULL REFERENCES bank_holder,
    field     text        NOT NULL CHECK (field IN ('address', 'phone', 'email')),
    was       text,
    value     text,
    at        timestamptz NOT NULL
);
COMMENT ON TABLE bank_contact_change IS 'Every change of how a holder is reached, append-only';
COMMENT ON COLUMN bank_contact_change.key IS 'Makes a repeated order harmless';
COMMENT ON COLUMN bank_contact_change.holder_id IS 'The holder';
COMMENT ON COLUMN bank_contact_change.field IS 'What was changed';
COMMENT ON COLUMN bank_contact_change.was IS 'Before';
COMMENT ON COLUMN bank_contact_change.value IS 'After';
COMMENT ON COLUMN bank_contact_change.at IS 'When';
CREATE INDEX bank_contact_change_holder ON bank_contact_change (holder_id, at);
CREATE TRIGGER bank_contact_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_contact_change
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();

CREATE TABLE bank_limit_change (
    key        text        PRIMARY KEY,
    account_id text        NOT NULL REFERENCES bank_account,
    was        bigint      NOT NULL,
    credit_limit bigint    NOT NULL CHECK (credit_limit >= 0),
    at         timestamptz NOT NULL
);
COMMENT ON TABLE bank_limit_change IS 'Every change of a credit limit, append-only';
COMMENT ON COLUMN bank_limit_change.key IS 'Makes a repeated order harmless';
COMMENT ON COLUMN bank_limit_change.account_id IS 'The account';
COMMENT ON COLUMN bank_limit_change.was IS 'Limit before, minor units';
COMMENT ON COLUMN bank_limit_change.credit_limit IS 'Limit after, minor units';
COMMENT ON COLUMN bank_limit_change.at IS 'When';
CREATE INDEX bank_limit_change_account ON bank_limit_change (account_id, at);
CREATE TRIGGER bank_limit_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_limit_change
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();

CREATE TABLE bank_credit_mark (
    key        text        PRIMARY KEY,
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    account_id text        NOT NULL REFERENCES bank_account,
    month      date        NOT NULL CHECK (extract(day FROM month) = 1),
    mark       text        NOT NULL CHECK (mark IN ('disputed', 'cleared', 'corrected')),
    at         timestamptz NOT NULL
);
COMMENT ON TABLE bank_credit_mark IS 'Marks on what is reported to the credit register about an account and month, append-only';
COMMENT ON COLUMN bank_credit_mark.key IS 'Makes a repeated order harmless';
COMMENT ON COLUMN bank_credit_mark.seq IS 'Order; the newest mark of a month is the one that stands';
COMMENT ON COLUMN bank_credit_mark.account_id IS 'The account';
COMMENT ON COLUMN bank_credit_mark.month IS 'First day of the month that was reported';
COMMENT ON COLUMN bank_credit_mark.mark IS 'disputed by the holder; cleared: the entry stands; corrected: the bank had erred';
COMMENT ON COLUMN bank_credit_mark.at IS 'When';
CREATE INDEX bank_credit_mark_account ON bank_credit_mark (account_id, month, seq);
CREATE TRIGGER bank_credit_mark_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_credit_mark
    FOR EACH STATEMENT EXECUTE FUNCTION bank_is_append_only();
