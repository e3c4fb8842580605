CREATE TABLE portal_sign_in (
    id          text        PRIMARY KEY,
    secret_hash bytea       NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    phone       text        NOT NULL,
    back_to     text        NOT NULL CHECK (length(back_to) <= 300),
    kept        jsonb,
    asked_at    timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at > asked_at),
    done_at     timestamptz
);
COMMENT ON TABLE portal_sign_in IS 'Tries to log in on the holder''s pages: a code was asked for; swept when over';
COMMENT ON COLUMN portal_sign_in.id IS 'Identifier; also the journal stream of the try';
COMMENT ON COLUMN portal_sign_in.secret_hash IS 'SHA-256 of the secret in the browser''s cookie';
COMMENT ON COLUMN portal_sign_in.phone IS 'Number that was typed, E.164; it may be nobody''s';
COMMENT ON COLUMN portal_sign_in.back_to IS 'Page to go to afterwards, always one of ours';
COMMENT ON COLUMN portal_sign_in.kept IS 'What had been typed on that page when the session was over; never a secret';
COMMENT ON COLUMN portal_sign_in.asked_at IS 'When the last code was asked for';
COMMENT ON COLUMN portal_sign_in.ends_at IS 'From when on the try is over';
COMMENT ON COLUMN portal_sign_in.done_at IS 'When it led to a session';
CREATE INDEX portal_sign_in_ends ON portal_sign_in (ends_at);

CREATE TABLE portal_session (
    id          text        PRIMARY KEY,
    holder      text        NOT NULL,
    secret_hash bytea       NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    proofs      jsonb       NOT NULL,
    kept        jsonb,
    opened_at   timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    idle_until  timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    ended_at    timestamptz,
    user_agent  text        NOT NULL CHECK (length(user_agent) <= 120),
    CHECK (opened_at <= seen_at AND opened_at < ends_at)
);
COMMENT ON TABLE portal_session IS 'Browsers in which a holder is or was logged in';
COMMENT ON COLUMN portal_session.id IS 'Identifier; also the journal stream of what is done in it';
COMMENT ON COLUMN portal_session.holder IS 'Whose it is';
COMMENT ON COLUMN portal_session.secret_hash IS 'SHA-256 of the secret in the cookie';
COMMENT ON COLUMN portal_session.proofs IS 'What was proven in it; the code of the log-in first';
COMMENT ON COLUMN portal_session.kept IS 'What was typed before the log-in, shown again once; never a secret';
COMMENT ON COLUMN portal_session.opened_at IS 'When the holder logged in';
COMMENT ON COLUMN portal_session.seen_at IS 'Last request, to the minute';
COMMENT ON COLUMN portal_session.idle_until IS 'When it ends without use';
COMMENT ON COLUMN portal_session.ends_at IS 'When it ends in any case';
COMMENT ON COLUMN portal_session.ended_at IS 'When the holder ended it';
COMMENT ON COLUMN portal_session.user_agent IS 'What the browser calls itself, shortened';
CREATE INDEX portal_session_open ON portal_session (holder) WHERE ended_at IS NULL;

CREATE TABLE portal_preference (
    holder     text        PRIMARY KEY,
    language   text        CHECK (language IN ('zh', 'en')),
    large      boolean     NOT NULL,
    delivery   text        NOT NULL CHECK (delivery IN ('pages', 'email', 'paper')),
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE portal_preference IS 'What a holder has chosen for the pages and statements';
COMMENT ON COLUMN portal_preference.holder IS 'Whose choice';
COMMENT ON COLUMN portal_preference.language IS 'Language of the pages; none: that of the browser''s last choice';
COMMENT ON COLUMN portal_preference.large IS 'Large type';
COMMENT ON COLUMN portal_preference.delivery IS 'How statements reach the holder besides the pages';
COMMENT ON COLUMN portal_preference.changed_at IS 'When it was chosen';

CREATE TABLE portal_note (
    id         text        PRIMARY KEY,
    holder     text        NOT NULL,
    contact    text        NOT NULL,
    text       text        NOT NULL,
    files      integer     NOT NULL DEFAULT 0 CHECK (files >= 0),
    at         timestamptz NOT NULL,
    removed_at timestamptz
);
COMMENT ON TABLE portal_note IS 'Notes that a holder keeps beside a contact; nobody at the bank reads them';
COMMENT ON COLUMN portal_note.id IS 'Identifier';
COMMENT ON COLUMN portal_note.holder IS 'Whose note';
COMMENT ON COLUMN portal_note.contact IS 'The contact beside which it stands: an interaction or a short message';
COMMENT ON COLUMN portal_note.text IS 'What was written';
COMMENT ON COLUMN portal_note.files IS 'How many files stand beside it; they are stored with the note as their owner';
COMMENT ON COLUMN portal_note.at IS 'When';
COMMENT ON COLUMN portal_note.removed_at IS 'When the holder took it away; its text is emptied and its files are dropped then';
CREATE INDEX portal_note_contact ON portal_note (holder, contact, at);

CREATE TABLE portal_message (
    id          text        PRIMARY KEY REFERENCES interaction (id),
    holder      text        NOT NULL,
    subject     text        NOT NULL,
    opened_at   timestamptz NOT NULL,
    due_at      timestamptz,
    answered_at timestamptz,
    read_at     timestamptz
);
COMMENT ON TABLE portal_message IS 'Messages of holders to the bank; each is an interaction with the door message, and a task for the desk while due_at is set';
COMMENT ON COLUMN portal_message.id IS 'The interaction';
COMMENT ON COLUMN portal_message.holder IS 'Who writes';
COMMENT ON COLUMN portal_message.subject IS 'What it is about, in the holder''s words';
COMMENT ON COLUMN portal_message.opened_at IS 'When the first part was sent';
COMMENT ON COLUMN portal_message.due_at IS 'By when the bank answers; none: nothing waits';
COMMENT ON COLUMN portal_message.answered_at IS 'When the bank answered last';
COMMENT ON COLUMN portal_message.read_at IS 'When the holder opened it last';
CREATE INDEX portal_message_holder ON portal_message (holder, opened_at);
CREATE INDEX portal_message_due ON portal_message (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE portal_message_line (
    id      text        PRIMARY KEY,
    message text        NOT NULL REFERENCES portal_message (id),
    by      text        NOT NULL CHECK (by IN ('holder', 'bank')),
    who     text        NOT NULL DEFAULT '',
    text    text        NOT NULL,
    files   integer     NOT NULL DEFAULT 0 CHECK (files >= 0),
    at      timestamptz NOT NULL,
    CHECK ((by = 'bank') = (who <> ''))
);
COMMENT ON TABLE portal_message_line IS 'The parts of a message and its answers, in their order';
COMMENT ON COLUMN portal_message_line.id IS 'Identifier';
COMMENT ON COLUMN portal_message_line.message IS 'The message';
COMMENT ON COLUMN portal_message_line.by IS 'Who wrote it';
COMMENT ON COLUMN portal_message_line.who IS 'Staff number of who answered';
COMMENT ON COLUMN portal_message_line.text IS 'What was written; full card numbers are masked';
COMMENT ON COLUMN portal_message_line.files IS 'How many files came with it; they are stored with the line as their owner';
COMMENT ON COLUMN portal_message_line.at IS 'When';
CREATE INDEX portal_message_line_message ON portal_message_line (message, at);

-- Doors besides the telephone; a code may be for logging in here.
ALTER TABLE interaction DROP CONSTRAINT interaction_door_check;
ALTER TABLE interaction ADD CONSTRAINT interaction_door_check
    CHECK (door IN ('phone', 'callback', 'chat', 'message'));
COMMENT ON COLUMN interaction.door IS 'How the person came: phone, a call-back that we placed, chat, or a message from the holder''s pages';
ALTER TABLE interaction DROP CONSTRAINT interaction_call_check;
ALTER TABLE interaction ADD CONSTRAINT interaction_call_check
    CHECK ((call IS NULL) = (door IN ('chat', 'message')));
ALTER TABLE identity_code DROP CONSTRAINT identity_code_purpose_check;
ALTER TABLE identity_code ADD CONSTRAINT identity_code_purpose_check
    CHECK (purpose IN ('identify', 'reset_query_password', 'hold', 'log_in'));
