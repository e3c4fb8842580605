CREATE TABLE routing_agent (
    id           text        PRIMARY KEY,
    number       text        NOT NULL UNIQUE,
    name         text        NOT NULL,
    languages    text[]      NOT NULL,
    wanted       text        NOT NULL DEFAULT 'logged-out'
                 CHECK (wanted IN ('logged-out', 'ready', 'not-ready')),
    reason       text        NOT NULL DEFAULT '' CHECK ((reason = '') = (wanted <> 'not-ready')),
    wanted_since timestamptz,
    wrap_since   timestamptz,
    wrap_until   timestamptz,
    phone        text        NOT NULL DEFAULT ''
);
COMMENT ON TABLE routing_agent IS 'Agents, and what each asked for last; the state is derived, never stored';
COMMENT ON COLUMN routing_agent.id IS 'Id of the agent; also the name of his stream in the journal';
COMMENT ON COLUMN routing_agent.number IS 'Staff number, as told to callers';
COMMENT ON COLUMN routing_agent.name IS 'Name as shown to colleagues';
COMMENT ON COLUMN routing_agent.languages IS 'Languages in which the agent may serve';
COMMENT ON COLUMN routing_agent.wanted IS 'What was asked for last; holds as soon as work lets it';
COMMENT ON COLUMN routing_agent.reason IS 'Why not ready';
COMMENT ON COLUMN routing_agent.wanted_since IS 'When that was asked for';
COMMENT ON COLUMN routing_agent.wrap_since IS 'When the last talk ended';
COMMENT ON COLUMN routing_agent.wrap_until IS 'When the wrap-up after it ends or ended, by itself at this time';
COMMENT ON COLUMN routing_agent.phone IS 'Present phone: SIP address, or phone:USER for one that registers';
CREATE UNIQUE INDEX routing_agent_phone ON routing_agent (phone)
    WHERE wanted <> 'logged-out' AND phone <> '';
CREATE INDEX routing_agent_ready ON routing_agent (id) WHERE wanted = 'ready';

CREATE TABLE routing_skill (
    agent      text        NOT NULL REFERENCES routing_agent,
    matter     text        NOT NULL CHECK (matter ~ '^[^*,]+$'),
    passed_at  timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (agent, matter),
    CHECK (expires_at > passed_at)
);
COMMENT ON TABLE routing_skill IS 'Matters for which an agent passed the examination (row G4)';
COMMENT ON COLUMN routing_skill.agent IS 'The agent';
COMMENT ON COLUMN routing_skill.matter IS 'The matter, as in the queues of the pack';
COMMENT ON COLUMN routing_skill.passed_at IS 'When it was passed; the skill counts from here';
COMMENT ON COLUMN routing_skill.expires_at IS 'When it must have been passed again; null: never';

CREATE TABLE routing_phone (
    phone        text        PRIMARY KEY,
    leased_until timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
COMMENT ON TABLE routing_phone IS 'Registered phones, as the line reports them';
COMMENT ON COLUMN routing_phone.phone IS 'phone:USER';
COMMENT ON COLUMN routing_phone.leased_until IS 'Registered until here unless renewed; the time of leaving once it left';
COMMENT ON COLUMN routing_phone.changed_at IS 'Last report';

CREATE TABLE routing_line (
    line         text        PRIMARY KEY,
    leased_until timestamptz NOT NULL
);
COMMENT ON TABLE routing_line IS 'Lines that give signs of life; a line without a row is believed to live';
COMMENT ON COLUMN routing_line.line IS 'Stable name of the line, not of one run of it';
COMMENT ON COLUMN routing_line.leased_until IS 'Its calls are offered until here unless renewed';
