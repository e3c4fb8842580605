CREATE TABLE routing_wait (
    id          text        PRIMARY KEY,
    interaction text        NOT NULL,
    call        text,
    line        text        NOT NULL DEFAULT '',
    queue       text        NOT NULL,
    language    text        NOT NULL,
    urgent      boolean     NOT NULL,
    callback    boolean     NOT NULL DEFAULT false,
    number      text        NOT NULL DEFAULT '',
    since       timestamptz NOT NULL,
    entered_at  timestamptz NOT NULL,
    not_before  timestamptz,
    attempt     integer     NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    left_at     timestamptz,
    outcome     text        CHECK (outcome IN
                ('answered', 'abandoned', 'callback', 'message', 'transferred')),
    CHECK ((left_at IS NULL) = (outcome IS NULL)),
    CHECK (since <= entered_at)
);
COMMENT ON TABLE routing_wait IS 'Stays in queues: one row for each stay, open while left_at is null';
COMMENT ON COLUMN routing_wait.id IS 'Id of the stay';
COMMENT ON COLUMN routing_wait.interaction IS 'Whose contact it is';
COMMENT ON COLUMN routing_wait.call IS 'The call that waits; null for a call-back';
COMMENT ON COLUMN routing_wait.line IS 'Name of the line that holds the call';
COMMENT ON COLUMN routing_wait.queue IS 'Queue of the pack';
COMMENT ON COLUMN routing_wait.language IS 'Language of the caller';
COMMENT ON COLUMN routing_wait.urgent IS 'Served before those who are not';
COMMENT ON COLUMN routing_wait.callback IS 'Waits to be called back';
COMMENT ON COLUMN routing_wait.number IS 'Number of the caller, or the number to call back';
COMMENT ON COLUMN routing_wait.since IS 'The place: kept across queues, failed offers and call-backs';
COMMENT ON COLUMN routing_wait.entered_at IS 'Beginning of this stay; figures count from here';
COMMENT ON COLUMN routing_wait.not_before IS 'Not offered before this time';
COMMENT ON COLUMN routing_wait.attempt IS 'Call-backs tried before this one';
COMMENT ON COLUMN routing_wait.left_at IS 'End of the stay';
COMMENT ON COLUMN routing_wait.outcome IS 'How it ended';
CREATE UNIQUE INDEX routing_wait_one_open ON routing_wait (interaction) WHERE left_at IS NULL;
CREATE INDEX routing_wait_open ON routing_wait (since) WHERE left_at IS NULL;
CREATE INDEX routing_wait_interaction ON routing_wait (interaction);
CREATE INDEX routing_wait_entered ON routing_wait (entered_at);

CREATE TABLE routing_offer (
    id          text        PRIMARY KEY,
    token       text        NOT NULL,
    wait        text        NOT NULL REFERENCES routing_wait,
    interaction text        NOT NULL,
    agent       text        NOT NULL REFERENCES routing_agent,
    phone       text        NOT NULL,
    overflow    boolean     NOT NULL,
    made_at     timestamptz NOT NULL,
    ring_until  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    state       text        NOT NULL DEFAULT 'open'
                CHECK (state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
    ended_at    timestamptz,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK (made_at < ring_until AND ring_until <= expires_at)
);
COMMENT ON TABLE routing_offer IS 'Offers of one who waits to one agent, each used once';
COMMENT ON COLUMN routing_offer.id IS 'Id of the offer';
COMMENT ON COLUMN routing_offer.token IS 'Must be shown to accept it';
COMMENT ON COLUMN routing_offer.wait IS 'Who is offered';
COMMENT ON COLUMN routing_offer.interaction IS 'Whose contact it is';
COMMENT ON COLUMN routing_offer.agent IS 'To whom';
COMMENT ON COLUMN routing_offer.phone IS 'The phone that rings';
COMMENT ON COLUMN routing_offer.overflow IS 'True where the agent serves the queue by another skill';
COMMENT ON COLUMN routing_offer.made_at IS 'When it was made';
COMMENT ON COLUMN routing_offer.ring_until IS 'How long the phone rings';
COMMENT ON COLUMN routing_offer.expires_at IS 'From here on it cannot be accepted';
COMMENT ON COLUMN routing_offer.state IS 'What became of it: exactly one of the outcomes';
COMMENT ON COLUMN routing_offer.ended_at IS 'When that was';
CREATE UNIQUE INDEX routing_offer_one_for_agent ON routing_offer (agent) WHERE state = 'open';
CREATE UNIQUE INDEX routing_offer_one_for_wait ON routing_offer (wait) WHERE state = 'open';
CREATE INDEX routing_offer_interaction ON routing_offer (interaction);

CREATE TABLE routing_talk (
    id          text        PRIMARY KEY,
    interaction text        NOT NULL,
    agent       text        NOT NULL REFERENCES routing_agent,
    kind        text        NOT NULL CHECK (kind IN ('offer', 'transfer', 'consult', 'conference')),
    queue       text,
    offer       text        UNIQUE REFERENCES routing_offer,
    call        text,
    leg         text,
    line        text        NOT NULL DEFAULT '',
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    wrapped_at  timestamptz,
    cause       text        CHECK (cause IN ('ended', 'failed', 'transferred', 'lost')),
    CHECK ((ended_at IS NULL) = (cause IS NULL) AND (ended_at IS NULL) = (wrapped_at IS NULL)),
    CHECK (ended_at >= started_at AND wrapped_at >= ended_at)
);
COMMENT ON TABLE routing_talk IS 'The part of each agent in each conversation, transfers and consultations too';
COMMENT ON COLUMN routing_talk.id IS 'Id of the talk';
COMMENT ON COLUMN routing_talk.interaction IS 'Whose contact it is';
COMMENT ON COLUMN routing_talk.agent IS 'Who talks';
COMMENT ON COLUMN routing_talk.kind IS 'How the agent came in';
COMMENT ON COLUMN routing_talk.queue IS 'Queue of the offer; null without an offer';
COMMENT ON COLUMN routing_talk.offer IS 'The offer that was accepted';
COMMENT ON COLUMN routing_talk.call IS 'The call, once there is one';
COMMENT ON COLUMN routing_talk.leg IS 'The agent''s leg of it';
COMMENT ON COLUMN routing_talk.line IS 'Name of the line that holds the call';
COMMENT ON COLUMN routing_talk.started_at IS 'Acceptance, or the answer of the leg';
COMMENT ON COLUMN routing_talk.ended_at IS 'When the agent left the conversation';
COMMENT ON COLUMN routing_talk.wrapped_at IS 'End of the wrap-up after it, known beforehand from the limit';
COMMENT ON COLUMN routing_talk.cause IS 'How it ended';
CREATE UNIQUE INDEX routing_talk_one_for_agent ON routing_talk (agent) WHERE ended_at IS NULL;
CREATE INDEX routing_talk_agent ON routing_talk (agent, started_at);
CREATE INDEX routing_talk_interaction ON routing_talk (interaction);
CREATE INDEX routing_talk_ended ON routing_talk (ended_at);
