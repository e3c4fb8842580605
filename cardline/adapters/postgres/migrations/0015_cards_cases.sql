CREATE TABLE card_case (
    id           text        PRIMARY KEY,
    key          text        NOT NULL CONSTRAINT card_case_key UNIQUE,
    kind         text        NOT NULL CHECK (kind IN ('dispute', 'failed_transaction', 'credit_objection')),
    reason       text        NOT NULL,
    holder_id    text        NOT NULL,
    account_id   text        NOT NULL,
    card_id      text,
    posting_id   text,
    amount       bigint,
    month        date,
    interaction  text        NOT NULL,
    language     text        NOT NULL CHECK (language IN ('zh', 'en')),
    told         text        NOT NULL,
    state        text        NOT NULL
                 CHECK (state IN ('open', 'taken', 'decided', 'answered', 'closed', 'withdrawn')),
    owner        text,
    opened_by    text        NOT NULL,
    opened_at    timestamptz NOT NULL,
    due_on       date        NOT NULL,
    due_known    boolean     NOT NULL,
    outcome      text,
    bank_erred   boolean,
    findings     text,
    credit       bigint,
    decided_by   text,
    decided_at   timestamptz,
    answer       text,
    answered_at  timestamptz,
    closed_at    timestamptz,
    version      integer     NOT NULL DEFAULT 0,
    CONSTRAINT card_case_decided CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    CONSTRAINT card_case_corrected_only_where_the_bank_erred CHECK (
        kind <> 'credit_objection' OR outcome IS NULL OR (outcome = 'corrected') = bank_erred
    )
);
COMMENT ON TABLE card_case IS 'What a holder asked to have looked into: transactions and credit records (rows B6, B8, B9)';
COMMENT ON COLUMN card_case.id IS 'Identifier, told to the holder; its history is the journal stream case:ID';
COMMENT ON COLUMN card_case.key IS 'Makes a repeated request harmless';
COMMENT ON COLUMN card_case.kind IS 'What kind of case';
COMMENT ON COLUMN card_case.reason IS 'What the holder says is wrong, a word of the kind';
COMMENT ON COLUMN card_case.holder_id IS 'Whose it is';
COMMENT ON COLUMN card_case.account_id IS 'The account';
COMMENT ON COLUMN card_case.card_id IS 'The card, where one was used';
COMMENT ON COLUMN card_case.posting_id IS 'The posting, where there is one';
COMMENT ON COLUMN card_case.amount IS 'Amount in question, minor units';
COMMENT ON COLUMN card_case.month IS 'First day of the month of a credit record that is objected to';
COMMENT ON COLUMN card_case.interaction IS 'Where it was asked';
COMMENT ON COLUMN card_case.language IS 'Language of the holder';
COMMENT ON COLUMN card_case.told IS 'What the holder told, secrets masked';
COMMENT ON COLUMN card_case.state IS 'Where it is';
COMMENT ON COLUMN card_case.owner IS 'Staff number of whoever works on it';
COMMENT ON COLUMN card_case.opened_by IS 'Staff number of whoever took it in';
COMMENT ON COLUMN card_case.opened_at IS 'When it was taken in; the clock runs from that day';
COMMENT ON COLUMN card_case.due_on IS 'Last day on which the answer is in time';
COMMENT ON COLUMN card_case.due_known IS 'False where the calendar ends before: due_on is then its last day, certainly not too late';
COMMENT ON COLUMN card_case.outcome IS 'What was decided';
COMMENT ON COLUMN card_case.bank_erred IS 'Credit records: whether the fault was the bank''s';
COMMENT ON COLUMN card_case.findings IS 'What was found, and why so decided';
COMMENT ON COLUMN card_case.credit IS 'What the holder was given back, minor units';
COMMENT ON COLUMN card_case.decided_by IS 'Staff number of whoever decided';
COMMENT ON COLUMN card_case.decided_at IS 'When';
COMMENT ON COLUMN card_case.answer IS 'What the holder was answered';
COMMENT ON COLUMN card_case.answered_at IS 'When';
COMMENT ON COLUMN card_case.closed_at IS 'When it ended';
COMMENT ON COLUMN card_case.version IS 'Number of changes, so that nobody overwrites another''s work';
CREATE INDEX card_case_holder ON card_case (holder_id, opened_at);
CREATE INDEX card_case_due ON card_case (due_on) WHERE state IN ('open', 'taken', 'decided');
CREATE UNIQUE INDEX card_case_one_for_a_posting ON card_case (kind, posting_id)
    WHERE posting_id IS NOT NULL AND state IN ('open', 'taken', 'decided', 'answered');
CREATE UNIQUE INDEX card_case_one_for_a_month ON card_case (account_id, month)
    WHERE kind = 'credit_objection' AND state IN ('open', 'taken', 'decided', 'answered');
