ALTER TABLE interaction DROP CONSTRAINT interaction_door_check;
ALTER TABLE interaction ALTER COLUMN call DROP NOT NULL;
ALTER TABLE interaction ADD CONSTRAINT interaction_door_check CHECK (door IN ('phone', 'callback', 'chat'));
ALTER TABLE interaction ADD CONSTRAINT interaction_call_check CHECK ((call IS NULL) = (door = 'chat'));
COMMENT ON COLUMN interaction.door IS 'How the person came: phone, a call-back that we placed, or chat';
COMMENT ON COLUMN interaction.call IS 'Id of the call on the line; null where the door is no call';

CREATE TABLE chat (
    id             text        PRIMARY KEY REFERENCES interaction (id),
    holder_id      text,
    visitor        bytea       CHECK (length(visitor) = 32),
    language       text        NOT NULL CHECK (language IN ('zh', 'en')),
    state          text        NOT NULL CHECK (state IN ('bot', 'waiting', 'talking', 'message', 'closed')),
    matter         text        NOT NULL,
    urgent         boolean     NOT NULL DEFAULT false,
    waiting_since  timestamptz,
    given_back     boolean     NOT NULL DEFAULT false,
    wanted_agent   text,
    agent_id       text,
    accepted_at    timestamptz,
    bot            jsonb       NOT NULL DEFAULT '{}',
    last_number    bigint      NOT NULL DEFAULT 0,
    last_word_at   timestamptz NOT NULL,
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    outcome        text,
    CHECK ((state = 'waiting') = (waiting_since IS NOT NULL)),
    CHECK ((state = 'talking') = (agent_id IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((holder_id IS NULL) <> (visitor IS NULL))
);
COMMENT ON TABLE chat IS 'A conversation in writing: who has it now, and where it waits (row A5)';
COMMENT ON COLUMN chat.id IS 'The interaction';
COMMENT ON COLUMN chat.holder_id IS 'The holder who was logged in; null for a visitor whom nobody knows';
COMMENT ON COLUMN chat.visitor IS 'SHA-256 of the cookie of a visitor whom nobody knows; null for a holder';
COMMENT ON COLUMN chat.language IS 'Language of the texts of the bank';
COMMENT ON COLUMN chat.state IS 'bot: the machine answers; waiting for an agent; talking with one; message: nobody on duty, the next word is kept as a message; closed';
COMMENT ON COLUMN chat.matter IS 'What it is about: the queue, with the language';
COMMENT ON COLUMN chat.urgent IS 'Ahead of all who are not';
COMMENT ON COLUMN chat.waiting_since IS 'The place in the queue: the time from which the wait counts';
COMMENT ON COLUMN chat.given_back IS 'An agent had it and was lost or left: it goes to the head of the queue';
COMMENT ON COLUMN chat.wanted_agent IS 'The agent to whom it was transferred, as long as that agent is there';
COMMENT ON COLUMN chat.agent_id IS 'The agent who has it';
COMMENT ON COLUMN chat.accepted_at IS 'When that agent took it';
COMMENT ON COLUMN chat.bot IS 'Where the machine stands: failures in a row, last article';
COMMENT ON COLUMN chat.last_number IS 'Number of the last message';
COMMENT ON COLUMN chat.last_word_at IS 'When somebody wrote last';
COMMENT ON COLUMN chat.opened_at IS 'When it began';
COMMENT ON COLUMN chat.closed_at IS 'When it ended';
COMMENT ON COLUMN chat.outcome IS 'How it ended: resolved, follow-up, left, message, polite-end';
CREATE UNIQUE INDEX chat_open_of_holder ON chat (holder_id) WHERE holder_id IS NOT NULL AND state <> 'closed';
CREATE UNIQUE INDEX chat_open_of_visitor ON chat (visitor) WHERE visitor IS NOT NULL AND state <> 'closed';
CREATE INDEX chat_of_holder ON chat (holder_id, opened_at) WHERE holder_id IS NOT NULL;
CREATE INDEX chat_of_visitor ON chat (visitor, opened_at) WHERE visitor IS NOT NULL;
CREATE INDEX chat_waiting ON chat (waiting_since) WHERE state = 'waiting';
CREATE INDEX chat_of_agent ON chat (agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX chat_open ON chat (last_word_at) WHERE state <> 'closed';

CREATE TABLE stored_file (
    id         text        PRIMARY KEY,
    path       text        NOT NULL UNIQUE,
    name       text        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('jpeg', 'png', 'pdf', 'text')),
    bytes      bigint      NOT NULL CHECK (bytes > 0),
    sha256     text        NOT NULL CHECK (length(sha256) = 64),
    scanned    boolean     NOT NULL,
    owner      text        NOT NULL,
    stored_at  timestamptz NOT NULL
);
COMMENT ON TABLE stored_file IS 'Files that people sent, cleaned: pictures, documents, text (rows A5, A7)';
COMMENT ON COLUMN stored_file.id IS 'Id of the file';
COMMENT ON COLUMN stored_file.path IS 'Random name below the folder of files';
COMMENT ON COLUMN stored_file.name IS 'Name to show and to save under, made harmless';
COMMENT ON COLUMN stored_file.kind IS 'What its content is, found by reading it';
COMMENT ON COLUMN stored_file.bytes IS 'Size as stored';
COMMENT ON COLUMN stored_file.sha256 IS 'Hash as stored, also in the journal';
COMMENT ON COLUMN stored_file.scanned IS 'A virus scanner looked at it';
COMMENT ON COLUMN stored_file.owner IS 'What it belongs to: the id of an interaction, or holder:ID';
COMMENT ON COLUMN stored_file.stored_at IS 'When it was stored';
CREATE INDEX stored_file_of_owner ON stored_file (owner, stored_at);

CREATE TABLE chat_message (
    chat         text        NOT NULL REFERENCES chat (id),
    number       bigint      NOT NULL CHECK (number > 0),
    author       text        NOT NULL CHECK (author IN ('holder', 'bot', 'agent', 'system')),
    agent_id     text,
    text         text        NOT NULL,
    masked       text[]      NOT NULL DEFAULT '{}',
    article      text,
    file         text        REFERENCES stored_file (id),
    staff_only   boolean     NOT NULL DEFAULT false,
    key          text,
    at           timestamptz NOT NULL,
    delivered_at timestamptz,
    read_at      timestamptz,
    PRIMARY KEY (chat, number),
    UNIQUE (chat, key),
    CHECK ((author = 'agent') = (agent_id IS NOT NULL) OR staff_only)
);
COMMENT ON TABLE chat_message IS 'What was written in a chat, secrets taken out before it is stored (rows A5, E5)';
COMMENT ON COLUMN chat_message.chat IS 'The chat';
COMMENT ON COLUMN chat_message.number IS 'Place in the chat, from 1 without a gap';
COMMENT ON COLUMN chat_message.author IS 'Who wrote: holder (or unknown visitor), bot, agent, system';
COMMENT ON COLUMN chat_message.agent_id IS 'The agent who wrote';
COMMENT ON COLUMN chat_message.text IS 'The text without secrets; empty where it is a file alone';
COMMENT ON COLUMN chat_message.masked IS 'Kinds of secrets that were taken out';
COMMENT ON COLUMN chat_message.article IS 'The article that the machine answered with';
COMMENT ON COLUMN chat_message.file IS 'The file that was sent';
COMMENT ON COLUMN chat_message.staff_only IS 'A note between agents, never shown to the holder';
COMMENT ON COLUMN chat_message.key IS 'Makes a repeat of the same message harmless';
COMMENT ON COLUMN chat_message.at IS 'When it was written';
COMMENT ON COLUMN chat_message.delivered_at IS 'When the other side had it on the screen';
COMMENT ON COLUMN chat_message.read_at IS 'When the other side had read it';

CREATE TABLE chat_agent (
    agent_id    text        PRIMARY KEY,
    ready       boolean     NOT NULL,
    capacity    integer     NOT NULL CHECK (capacity >= 0),
    languages   text[]      NOT NULL,
    skills      text[]      NOT NULL,
    since       timestamptz NOT NULL,
    screen_until timestamptz NOT NULL
);
COMMENT ON TABLE chat_agent IS 'Who takes chats, and how many at once';
COMMENT ON COLUMN chat_agent.agent_id IS 'The agent';
COMMENT ON COLUMN chat_agent.ready IS 'Takes new chats';
COMMENT ON COLUMN chat_agent.capacity IS 'Chats at once';
COMMENT ON COLUMN chat_agent.languages IS 'Languages, as routing knew them when the agent became ready';
COMMENT ON COLUMN chat_agent.skills IS 'Matters whose test was passed, as routing knew them then';
COMMENT ON COLUMN chat_agent.since IS 'When ready or not was set last';
COMMENT ON COLUMN chat_agent.screen_until IS 'End of the lease: each sign of the agent''s screen renews it';

CREATE TABLE chat_task (
    chat       text        PRIMARY KEY REFERENCES chat (id),
    language   text        NOT NULL CHECK (language IN ('zh', 'en')),
    matter     text        NOT NULL,
    left_at    timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text,
    CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);
COMMENT ON TABLE chat_task IS 'Messages left in a chat while nobody was on duty, to be answered';
COMMENT ON COLUMN chat_task.chat IS 'The chat with the message';
COMMENT ON COLUMN chat_task.language IS 'Language of the holder';
COMMENT ON COLUMN chat_task.matter IS 'What it is about';
COMMENT ON COLUMN chat_task.left_at IS 'When it was left';
COMMENT ON COLUMN chat_task.settled_at IS 'When somebody took it up';
COMMENT ON COLUMN chat_task.settled_by IS 'Who it was';
