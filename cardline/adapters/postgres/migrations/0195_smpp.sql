-- Short messages by SMPP (row A5): what is known of every part, and what became of it.
ALTER TABLE sms_outbox DROP CONSTRAINT sms_outbox_state_check;
ALTER TABLE sms_outbox ADD CONSTRAINT sms_outbox_state_check
    CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'failed', 'lapsed', 'unknown', 'delivered', 'undelivered'));
COMMENT ON COLUMN sms_outbox.state IS 'queued, sending, sent: the gateway has it, delivered: a telephone has it, undelivered: none ever will, unknown: it left and nobody knows whether it was taken, refused by the gate, failed at the gateway, lapsed: too late';
ALTER TABLE sms_outbox ADD COLUMN receipt_at timestamptz;
COMMENT ON COLUMN sms_outbox.receipt_at IS 'When the network told that it was delivered or never will be; null where it told nothing';

CREATE TABLE smpp_part (
    key        text        NOT NULL,
    part       integer     NOT NULL CHECK (part >= 0),
    parts      integer     NOT NULL CHECK (parts BETWEEN 1 AND 255),
    state      text        NOT NULL CHECK (state IN ('sending', 'taken', 'lost')),
    message_id text,
    delivered  boolean,
    error      text        NOT NULL DEFAULT '',
    settled_at timestamptz,
    at         timestamptz NOT NULL,
    PRIMARY KEY (key, part),
    CHECK ((state = 'taken') = (message_id IS NOT NULL))
);
COMMENT ON TABLE smpp_part IS 'Every part of a short message that left for the message centre; kept for 30 days, no number and no text';
COMMENT ON COLUMN smpp_part.key IS 'Idempotency key of the message';
COMMENT ON COLUMN smpp_part.part IS 'Which part, from 0';
COMMENT ON COLUMN smpp_part.parts IS 'Of how many';
COMMENT ON COLUMN smpp_part.state IS 'sending: its answer is awaited; taken by the centre; lost: nobody knows whether it was';
COMMENT ON COLUMN smpp_part.message_id IS 'The centre''s id of it, lower case and without leading zeros';
COMMENT ON COLUMN smpp_part.delivered IS 'What its receipt says; null without one';
COMMENT ON COLUMN smpp_part.error IS 'The network''s own code where it was not delivered';
COMMENT ON COLUMN smpp_part.settled_at IS 'When the end of the whole message was written down';
COMMENT ON COLUMN smpp_part.at IS 'When it left';
CREATE INDEX smpp_part_id ON smpp_part (message_id, at DESC) WHERE message_id IS NOT NULL;
CREATE INDEX smpp_part_open ON smpp_part (key) WHERE delivered IS NOT NULL AND settled_at IS NULL;
CREATE INDEX smpp_part_at ON smpp_part (at);

CREATE TABLE smpp_receipt (
    message_id text        PRIMARY KEY,
    delivered  boolean     NOT NULL,
    error      text        NOT NULL,
    at         timestamptz NOT NULL
);
COMMENT ON TABLE smpp_receipt IS 'Receipts whose message is not known yet: they may come before its answer';
COMMENT ON COLUMN smpp_receipt.message_id IS 'The centre''s id of the message, in the form of smpp_part';
COMMENT ON COLUMN smpp_receipt.delivered IS 'Whether a telephone has it';
COMMENT ON COLUMN smpp_receipt.error IS 'The network''s own code; empty where it gave none';
COMMENT ON COLUMN smpp_receipt.at IS 'When the first receipt came';

CREATE TABLE smpp_heard (
    mark    text        PRIMARY KEY,
    message text        NOT NULL,
    at      timestamptz NOT NULL
);
COMMENT ON TABLE smpp_heard IS 'Texts that came in within the last minutes, by which one that is delivered again is known';
COMMENT ON COLUMN smpp_heard.mark IS 'Keyed hash of sender, receiver and text';
COMMENT ON COLUMN smpp_heard.message IS 'The id that the text was given';
COMMENT ON COLUMN smpp_heard.at IS 'When it came';
CREATE INDEX smpp_heard_at ON smpp_heard (at);
