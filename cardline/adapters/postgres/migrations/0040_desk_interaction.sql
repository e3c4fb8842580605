CREATE TABLE interaction (
    id            text        PRIMARY KEY,
    door          text        NOT NULL CHECK (door IN ('phone', 'callback')),
    call          text        NOT NULL UNIQUE,
    line          text        NOT NULL,
    from_number   text        NOT NULL,
    to_number     text        NOT NULL,
    holder_id     text,
    language      text        CHECK (language IN ('zh', 'en')),
    opened_at     timestamptz NOT NULL,
    answered_at   timestamptz,
    closed_at     timestamptz,
    outcome       text,
    flow_version  text        NOT NULL DEFAULT '',
    state         jsonb       NOT NULL DEFAULT '{}',
    proofs        jsonb       NOT NULL DEFAULT '{}',
    continues     text        REFERENCES interaction (id)
);
COMMENT ON TABLE interaction IS 'One conversation with somebody, by whatever door (rows A5, F1)';
COMMENT ON COLUMN interaction.id IS 'Id, also the journal stream of the interaction';
COMMENT ON COLUMN interaction.door IS 'How the person came: phone, or a call-back that we placed';
COMMENT ON COLUMN interaction.call IS 'Id of the call on the line';
COMMENT ON COLUMN interaction.line IS 'Run of the line process that holds the call';
COMMENT ON COLUMN interaction.from_number IS 'Number of the caller, E.164 where it is one, else as sent; empty when withheld';
COMMENT ON COLUMN interaction.to_number IS 'What was dialled';
COMMENT ON COLUMN interaction.holder_id IS 'Whom it is about, claimed or proven; how sure is in proofs';
COMMENT ON COLUMN interaction.language IS 'Language chosen';
COMMENT ON COLUMN interaction.opened_at IS 'When the call arrived';
COMMENT ON COLUMN interaction.answered_at IS 'When the line answered; the recording begins here';
COMMENT ON COLUMN interaction.closed_at IS 'When the call ended';
COMMENT ON COLUMN interaction.outcome IS 'How the call ended: hung-up, ended, media-timeout, line-failed, cancelled';
COMMENT ON COLUMN interaction.flow_version IS 'Version of the flow that answered';
COMMENT ON COLUMN interaction.state IS 'Where the call stands in the flow, for going on after a fault; never a secret';
COMMENT ON COLUMN interaction.proofs IS 'What was proven about identity so far';
COMMENT ON COLUMN interaction.continues IS 'The earlier interaction that this one goes on with (call-back)';
CREATE INDEX interaction_opened ON interaction (opened_at);
CREATE INDEX interaction_holder ON interaction (holder_id, opened_at) WHERE holder_id IS NOT NULL;
CREATE INDEX interaction_open ON interaction (id) WHERE closed_at IS NULL;

CREATE TABLE interaction_leg (
    interaction text        NOT NULL REFERENCES interaction (id),
    leg         text        NOT NULL,
    agent_id    text,
    target      text        NOT NULL,
    purpose     text        NOT NULL CHECK (purpose IN ('offer', 'consult', 'transfer')),
    dialled_at  timestamptz NOT NULL,
    answered_at timestamptz,
    ended_at    timestamptz,
    cause       text,
    PRIMARY KEY (interaction, leg)
);
COMMENT ON TABLE interaction_leg IS 'Every party that was rung within an interaction: facts for transfers and reports';
COMMENT ON COLUMN interaction_leg.interaction IS 'The interaction';
COMMENT ON COLUMN interaction_leg.leg IS 'Id of the leg on the line';
COMMENT ON COLUMN interaction_leg.agent_id IS 'The agent, where it was one';
COMMENT ON COLUMN interaction_leg.target IS 'What was dialled: a phone of ours or a SIP address';
COMMENT ON COLUMN interaction_leg.purpose IS 'Why: an offer from the queue, a consultation, a transfer';
COMMENT ON COLUMN interaction_leg.dialled_at IS 'When ringing began';
COMMENT ON COLUMN interaction_leg.answered_at IS 'When it was answered, if it was';
COMMENT ON COLUMN interaction_leg.ended_at IS 'When it ended';
COMMENT ON COLUMN interaction_leg.cause IS 'Why it ended';

CREATE TABLE recording (
    call         text        PRIMARY KEY,
    interaction  text        NOT NULL REFERENCES interaction (id),
    path         text        NOT NULL,
    seconds      double precision NOT NULL CHECK (seconds >= 0),
    bytes        bigint      NOT NULL,
    sha256       text        NOT NULL,
    gaps         jsonb       NOT NULL DEFAULT '[]',
    stored_at    timestamptz NOT NULL
);
COMMENT ON TABLE recording IS 'The one stereo file of each recorded call (row F1)';
COMMENT ON COLUMN recording.call IS 'The call';
COMMENT ON COLUMN recording.interaction IS 'The interaction that owns it';
COMMENT ON COLUMN recording.path IS 'File below the folder of recordings';
COMMENT ON COLUMN recording.seconds IS 'Length in seconds, from answer to end';
COMMENT ON COLUMN recording.bytes IS 'Size in bytes';
COMMENT ON COLUMN recording.sha256 IS 'Hash of the file when it was stored, also in the journal';
COMMENT ON COLUMN recording.gaps IS 'Stretches without recorded media although connected: from, to in seconds, why';
COMMENT ON COLUMN recording.stored_at IS 'When it was stored';

CREATE TABLE callback_message (
    interaction text        PRIMARY KEY REFERENCES interaction (id),
    number      text        NOT NULL,
    matter      text        NOT NULL,
    language    text        NOT NULL,
    from_second double precision NOT NULL,
    to_second   double precision NOT NULL,
    taken_at    timestamptz NOT NULL,
    settled_at  timestamptz,
    settled_by  text
);
COMMENT ON TABLE callback_message IS 'Messages left while nobody was on duty, to be called back (row A3)';
COMMENT ON COLUMN callback_message.interaction IS 'The interaction in which it was left';
COMMENT ON COLUMN callback_message.number IS 'Number to call back';
COMMENT ON COLUMN callback_message.matter IS 'What the caller had asked for';
COMMENT ON COLUMN callback_message.language IS 'Language of the caller';
COMMENT ON COLUMN callback_message.from_second IS 'Where it begins in the recording';
COMMENT ON COLUMN callback_message.to_second IS 'Where it ends in the recording';
COMMENT ON COLUMN callback_message.taken_at IS 'When it was left';
COMMENT ON COLUMN callback_message.settled_at IS 'When somebody had called back';
COMMENT ON COLUMN callback_message.settled_by IS 'Who it was';
