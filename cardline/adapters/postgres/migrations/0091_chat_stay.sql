CREATE TABLE chat_stay (
    id         text        PRIMARY KEY,
    chat       text        NOT NULL REFERENCES chat (id),
    queue      text        NOT NULL,
    cause      text        NOT NULL CHECK (cause IN ('asked', 'transferred', 'given-back')),
    entered_at timestamptz NOT NULL,
    left_at    timestamptz,
    outcome    text        CHECK (outcome IN ('answered', 'message', 'left')),
    CHECK ((left_at IS NULL) = (outcome IS NULL)),
    CHECK (left_at >= entered_at)
);
COMMENT ON TABLE chat_stay IS 'Stays of chats in queues, open while left_at is null: the facts of reports (row G8)';
COMMENT ON COLUMN chat_stay.id IS 'Id of the stay';
COMMENT ON COLUMN chat_stay.chat IS 'Which chat waited';
COMMENT ON COLUMN chat_stay.queue IS 'Queue of the pack, as for calls; where it went on waiting in another, the last one';
COMMENT ON COLUMN chat_stay.cause IS 'asked: a person was asked for or needed; transferred: an agent passed it on; given-back: the agent was lost';
COMMENT ON COLUMN chat_stay.entered_at IS 'Beginning of this stay; figures count from here';
COMMENT ON COLUMN chat_stay.left_at IS 'End of the stay';
COMMENT ON COLUMN chat_stay.outcome IS 'answered: an agent took it; message: nobody on duty, a message was asked for; left: the chat ended first';
CREATE UNIQUE INDEX chat_stay_one_open ON chat_stay (chat) WHERE left_at IS NULL;
CREATE INDEX chat_stay_entered ON chat_stay (entered_at);
CREATE INDEX chat_closed ON chat (closed_at) WHERE closed_at IS NOT NULL;

-- What waits while this version is installed goes on waiting.
INSERT INTO chat_stay (id, chat, queue, cause, entered_at)
SELECT 'cs' || id, id, matter || '-' || language, 'asked', waiting_since FROM chat WHERE state = 'waiting';
