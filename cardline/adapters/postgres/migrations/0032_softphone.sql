CREATE TABLE softphone (
    agent   text        PRIMARY KEY REFERENCES routing_agent,
    tab     text        NOT NULL,
    since   timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    CHECK (since <= seen_at)
);
COMMENT ON TABLE softphone IS 'The one browser tab that is an agent''s phone (row A4)';
COMMENT ON COLUMN softphone.agent IS 'Whose phone it is; its name on the line is web:AGENT';
COMMENT ON COLUMN softphone.tab IS 'Name that the tab gave itself; another tab must take over';
COMMENT ON COLUMN softphone.since IS 'When this tab took the phone';
COMMENT ON COLUMN softphone.seen_at IS 'Last sign of life of the tab';

ALTER TABLE routing_talk DROP CONSTRAINT routing_talk_kind_check;
ALTER TABLE routing_talk ADD CONSTRAINT routing_talk_kind_check
    CHECK (kind IN ('offer', 'transfer', 'consult', 'conference', 'monitor'));
COMMENT ON COLUMN routing_talk.kind IS 'How the agent came in; monitor: to listen, whisper or join';
COMMENT ON COLUMN routing_phone.phone IS 'phone:USER for a desk phone, web:AGENT for a browser';
COMMENT ON COLUMN routing_agent.phone IS 'Present phone: SIP address, phone:USER for one that registers, web:AGENT for a browser';
