CREATE TABLE desk_warning (
    id          text        PRIMARY KEY,
    interaction text        NOT NULL REFERENCES interaction (id),
    holder      text,
    number      text        NOT NULL DEFAULT '',
    category    text        NOT NULL,
    words       text        NOT NULL CHECK (words <> ''),
    author      text        NOT NULL,
    at          timestamptz NOT NULL
);
COMMENT ON TABLE desk_warning IS 'Warnings given to a caller before a conversation may be ended (row A8)';
COMMENT ON COLUMN desk_warning.id IS 'Identifier';
COMMENT ON COLUMN desk_warning.interaction IS 'The conversation in which it was given';
COMMENT ON COLUMN desk_warning.holder IS 'Whom the conversation was about; not necessarily who was warned';
COMMENT ON COLUMN desk_warning.number IS 'Number of the caller, E.164; empty where it was withheld';
COMMENT ON COLUMN desk_warning.category IS 'Code of what happened, from the catalogue';
COMMENT ON COLUMN desk_warning.words IS 'What the caller had said, without secrets';
COMMENT ON COLUMN desk_warning.author IS 'Staff number of who warned';
COMMENT ON COLUMN desk_warning.at IS 'When';
CREATE INDEX desk_warning_interaction ON desk_warning (interaction, at);
CREATE INDEX desk_warning_holder ON desk_warning (holder, at);
CREATE INDEX desk_warning_number ON desk_warning (number, at) WHERE number <> '';

CREATE TABLE desk_plan (
    id          text        PRIMARY KEY,
    holder      text        NOT NULL,
    text        text        NOT NULL CHECK (text <> ''),
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz NOT NULL CHECK (valid_to > valid_from),
    author      text        NOT NULL,
    written_at  timestamptz NOT NULL,
    reviewer    text,
    reviewed_at timestamptz,
    ended_at    timestamptz,
    CHECK ((reviewer IS NULL) = (reviewed_at IS NULL)),
    CHECK (reviewer IS DISTINCT FROM author)
);
COMMENT ON TABLE desk_plan IS 'How everybody speaks with a holder who calls again and again (row A8); never a ground to refuse a freeze or a complaint';
COMMENT ON COLUMN desk_plan.id IS 'Identifier';
COMMENT ON COLUMN desk_plan.holder IS 'Whom it is for';
COMMENT ON COLUMN desk_plan.text IS 'What every agent does and says; without secrets';
COMMENT ON COLUMN desk_plan.valid_from IS 'Start of the period';
COMMENT ON COLUMN desk_plan.valid_to IS 'End of the period, exclusive';
COMMENT ON COLUMN desk_plan.author IS 'Staff number of who wrote it';
COMMENT ON COLUMN desk_plan.written_at IS 'When it was written';
COMMENT ON COLUMN desk_plan.reviewer IS 'Staff number of the lead who reviewed it, never the author; it is shown from then on';
COMMENT ON COLUMN desk_plan.reviewed_at IS 'When it was reviewed';
COMMENT ON COLUMN desk_plan.ended_at IS 'When it was ended before its time, or another took its place';
CREATE INDEX desk_plan_holder ON desk_plan (holder, written_at);
