-- Abnormal transactions: was it you? Answered by text, by key or on the holder's page (rows B6, D7).
CREATE TABLE campaign_alert (
    id          text        PRIMARY KEY,
    holder      text        NOT NULL,
    card        text        NOT NULL,
    tail        text        NOT NULL,
    amount      text        NOT NULL,
    merchant    text        NOT NULL,
    digest      bytea       NOT NULL,
    raised_at   timestamptz NOT NULL,
    lapses_at   timestamptz NOT NULL CHECK (lapses_at > raised_at),
    answer      text        CHECK (answer IN ('confirmed', 'denied')),
    answered_at timestamptz,
    door        text        CHECK (door IN ('sms', 'call', 'portal', 'agent')),
    frozen      boolean     NOT NULL DEFAULT false,
    CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (door IS NULL)),
    CHECK (NOT frozen OR answer = 'denied')
);
COMMENT ON TABLE campaign_alert IS 'Transactions that are out of the ordinary, about which the holder was asked';
COMMENT ON COLUMN campaign_alert.id IS 'Id, also the journal stream of the alert';
COMMENT ON COLUMN campaign_alert.holder IS 'Who was asked';
COMMENT ON COLUMN campaign_alert.card IS 'The card with which it was made';
COMMENT ON COLUMN campaign_alert.tail IS 'Last 4 digits of the card';
COMMENT ON COLUMN campaign_alert.amount IS 'Amount as it is written to the holder, in yuan';
COMMENT ON COLUMN campaign_alert.merchant IS 'Where it was made';
COMMENT ON COLUMN campaign_alert.digest IS 'Keyed hash of the word in the message: a reply names the alert by it';
COMMENT ON COLUMN campaign_alert.raised_at IS 'When it was raised';
COMMENT ON COLUMN campaign_alert.lapses_at IS 'From here on it can no longer be answered';
COMMENT ON COLUMN campaign_alert.answer IS 'confirmed: it was the holder; denied: it was not';
COMMENT ON COLUMN campaign_alert.answered_at IS 'When it was answered';
COMMENT ON COLUMN campaign_alert.door IS 'By which door';
COMMENT ON COLUMN campaign_alert.frozen IS 'True where the card was frozen for it';
CREATE INDEX campaign_alert_open ON campaign_alert (holder, raised_at) WHERE answer IS NULL;
