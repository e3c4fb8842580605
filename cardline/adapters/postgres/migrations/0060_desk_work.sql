CREATE INDEX interaction_from ON interaction (from_number, opened_at);

CREATE TABLE desk_note (
    id          text        PRIMARY KEY,
    interaction text        REFERENCES interaction (id),
    holder      text,
    author      text        NOT NULL,
    text        text        NOT NULL CHECK (text <> ''),
    masked      text[]      NOT NULL DEFAULT '{}',
    asks        text[]      NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL,
    CHECK (interaction IS NOT NULL OR holder IS NOT NULL)
);
COMMENT ON TABLE desk_note IS 'What staff write down about a conversation or a holder; secrets are masked before they come here';
COMMENT ON COLUMN desk_note.id IS 'Identifier';
COMMENT ON COLUMN desk_note.interaction IS 'The conversation it is about, if one';
COMMENT ON COLUMN desk_note.holder IS 'The holder it is about; null while nobody is claimed';
COMMENT ON COLUMN desk_note.author IS 'Staff number';
COMMENT ON COLUMN desk_note.text IS 'The text without secrets';
COMMENT ON COLUMN desk_note.masked IS 'Kinds of secrets that were taken out';
COMMENT ON COLUMN desk_note.asks IS 'Kinds of secrets that it asks for; who wrote it was flagged';
COMMENT ON COLUMN desk_note.at IS 'When it was written';
CREATE INDEX desk_note_interaction ON desk_note (interaction, at);
CREATE INDEX desk_note_holder ON desk_note (holder, at);

CREATE TABLE desk_wrap_up (
    interaction         text        NOT NULL REFERENCES interaction (id),
    author              text        NOT NULL,
    agent               text        NOT NULL,
    holder              text,
    version             integer     NOT NULL CHECK (version > 0),
    matter              text        NOT NULL DEFAULT '',
    outcome             text        NOT NULL DEFAULT '',
    summary             text        NOT NULL DEFAULT '',
    anything_else_asked boolean     NOT NULL DEFAULT false,
    read_back_confirmed boolean     NOT NULL DEFAULT false,
    promises            jsonb       NOT NULL DEFAULT '[]',
    masked              text[]      NOT NULL DEFAULT '{}',
    asks                text[]      NOT NULL DEFAULT '{}',
    began_at            timestamptz NOT NULL,
    saved_at            timestamptz NOT NULL,
    completed_at        timestamptz,
    PRIMARY KEY (interaction, agent)
);
COMMENT ON TABLE desk_wrap_up IS 'What an agent writes down of a conversation: one for each agent who took part; a draft until it is completed';
COMMENT ON COLUMN desk_wrap_up.interaction IS 'The conversation';
COMMENT ON COLUMN desk_wrap_up.author IS 'Staff number of the agent';
COMMENT ON COLUMN desk_wrap_up.agent IS 'Whose part it is';
COMMENT ON COLUMN desk_wrap_up.holder IS 'Whom it was about when it was completed';
COMMENT ON COLUMN desk_wrap_up.version IS 'How often it was saved; whoever saves names the one that he saw';
COMMENT ON COLUMN desk_wrap_up.matter IS 'Code of the matter, from the catalogue; empty: not chosen yet';
COMMENT ON COLUMN desk_wrap_up.outcome IS 'Code of the outcome, from the catalogue; empty: not chosen yet';
COMMENT ON COLUMN desk_wrap_up.summary IS 'What was asked and answered, without secrets';
COMMENT ON COLUMN desk_wrap_up.anything_else_asked IS 'Whether the caller was asked for anything else (row A4)';
COMMENT ON COLUMN desk_wrap_up.read_back_confirmed IS 'Whether what was agreed was read back and confirmed (row A4)';
COMMENT ON COLUMN desk_wrap_up.promises IS 'What was promised: what, due_at; become tasks when it is completed';
COMMENT ON COLUMN desk_wrap_up.masked IS 'Kinds of secrets that were taken out at the last saving';
COMMENT ON COLUMN desk_wrap_up.asks IS 'Kinds of secrets that the text asks for';
COMMENT ON COLUMN desk_wrap_up.began_at IS 'When the first word was saved';
COMMENT ON COLUMN desk_wrap_up.saved_at IS 'When it was saved last';
COMMENT ON COLUMN desk_wrap_up.completed_at IS 'When it was completed; it changes no more';
CREATE INDEX desk_wrap_up_holder ON desk_wrap_up (holder, completed_at);
CREATE INDEX desk_wrap_up_outcome ON desk_wrap_up (outcome, completed_at);

CREATE TABLE desk_task (
    id          text        PRIMARY KEY,
    source      text        NOT NULL UNIQUE,
    kind        text        NOT NULL CHECK (kind IN ('promise', 'callback', 'wrap-up', 'other')),
    what        text        NOT NULL,
    interaction text        REFERENCES interaction (id),
    holder      text,
    agent       text,
    matter      text,
    due_at      timestamptz NOT NULL,
    opened_at   timestamptz NOT NULL,
    opened_by   text        NOT NULL,
    done_at     timestamptz,
    done_by     text,
    result      text        NOT NULL DEFAULT '',
    CHECK ((done_at IS NULL) = (done_by IS NULL)),
    CHECK (agent IS NOT NULL OR matter IS NOT NULL)
);
COMMENT ON TABLE desk_task IS 'What somebody must still do: promises, call-backs to messages, wrap-ups left behind';
COMMENT ON COLUMN desk_task.id IS 'Identifier';
COMMENT ON COLUMN desk_task.source IS 'What it came from, so that it comes once: promise:…, message:…, wrap-up:…';
COMMENT ON COLUMN desk_task.kind IS 'promise, callback, wrap-up, other';
COMMENT ON COLUMN desk_task.what IS 'What is to be done, in the words of who promised it; without secrets';
COMMENT ON COLUMN desk_task.interaction IS 'The conversation that it comes from';
COMMENT ON COLUMN desk_task.holder IS 'Whom it is about, where that is known';
COMMENT ON COLUMN desk_task.agent IS 'Whose it is; null while it lies in a queue';
COMMENT ON COLUMN desk_task.matter IS 'The queue, by its matter, where it is nobody''s yet';
COMMENT ON COLUMN desk_task.due_at IS 'When it must be done';
COMMENT ON COLUMN desk_task.opened_at IS 'When it came into being';
COMMENT ON COLUMN desk_task.opened_by IS 'Who made it, as the journal names them';
COMMENT ON COLUMN desk_task.done_at IS 'When it was done';
COMMENT ON COLUMN desk_task.done_by IS 'Staff number of who did it';
COMMENT ON COLUMN desk_task.result IS 'What came of it, without secrets';
CREATE INDEX desk_task_agent ON desk_task (agent, due_at) WHERE done_at IS NULL;
CREATE INDEX desk_task_due ON desk_task (due_at, id) WHERE done_at IS NULL;
CREATE INDEX desk_task_holder ON desk_task (holder) WHERE done_at IS NULL;
CREATE INDEX desk_task_interaction ON desk_task (interaction);

CREATE TABLE desk_look (
    id          text        PRIMARY KEY,
    interaction text        NOT NULL REFERENCES interaction (id),
    holder      text        NOT NULL,
    field       text        NOT NULL CHECK (field IN ('name', 'phone', 'id_tail', 'address')),
    reason      text        NOT NULL,
    staff       text        NOT NULL,
    role        text        NOT NULL,
    at          timestamptz NOT NULL
);
COMMENT ON TABLE desk_look IS 'Every look at something that is masked for the role (row F4); the value itself is not here';
COMMENT ON COLUMN desk_look.id IS 'Identifier';
COMMENT ON COLUMN desk_look.interaction IS 'The conversation in which it was needed';
COMMENT ON COLUMN desk_look.holder IS 'Whose it is';
COMMENT ON COLUMN desk_look.field IS 'Which field';
COMMENT ON COLUMN desk_look.reason IS 'Why, as it was typed; without secrets';
COMMENT ON COLUMN desk_look.staff IS 'Staff number';
COMMENT ON COLUMN desk_look.role IS 'The role at that time';
COMMENT ON COLUMN desk_look.at IS 'When';
CREATE INDEX desk_look_holder ON desk_look (holder, at);
