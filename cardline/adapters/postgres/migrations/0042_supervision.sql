ALTER TABLE interaction_leg DROP CONSTRAINT interaction_leg_purpose_check;
ALTER TABLE interaction_leg ADD CONSTRAINT interaction_leg_purpose_check
    CHECK (purpose IN ('offer', 'consult', 'transfer', 'monitor'));
ALTER TABLE interaction_leg ADD COLUMN monitoring text
    CHECK (monitoring IN ('listen', 'whisper', 'join'));
COMMENT ON COLUMN interaction_leg.purpose IS 'Why: an offer from the queue, a consultation, a transfer, supervision';
COMMENT ON COLUMN interaction_leg.monitoring IS 'How a lead follows the talk now; null for everybody else';

CREATE TABLE call_help (
    interaction text        PRIMARY KEY REFERENCES interaction (id),
    agent       text        NOT NULL,
    reason      text        NOT NULL,
    asked_at    timestamptz NOT NULL
);
COMMENT ON TABLE call_help IS 'Agents who ask for a lead now; the journal keeps all who ever asked';
COMMENT ON COLUMN call_help.interaction IS 'The call in which help is wanted';
COMMENT ON COLUMN call_help.agent IS 'Who asks';
COMMENT ON COLUMN call_help.reason IS 'In the agent''s words';
COMMENT ON COLUMN call_help.asked_at IS 'Since when';
