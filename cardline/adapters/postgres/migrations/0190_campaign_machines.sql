-- Answering machines told from people by what is heard (row D4).
ALTER TABLE campaign ADD COLUMN machines text NOT NULL DEFAULT 'ignore'
    CHECK (machines IN ('ignore', 'hang-up', 'message'));
COMMENT ON COLUMN campaign.machines IS 'What happens where a machine answers: ignore (nobody listens), hang-up, message (the approved one, after the tone)';
ALTER TABLE campaign ADD CHECK (channel = 'call' OR machines = 'ignore');

ALTER TABLE campaign_attempt
    ADD COLUMN judged text CHECK (judged IN ('person', 'machine', 'unknown')),
    ADD COLUMN judged_at timestamptz,
    ADD COLUMN judged_after double precision CHECK (judged_after >= 0),
    ADD COLUMN judged_why text[] NOT NULL DEFAULT '{}',
    ADD COLUMN message_left_at timestamptz,
    ADD CHECK ((judged IS NULL) = (judged_at IS NULL)),
    ADD CHECK ((judged IS NULL) = (judged_after IS NULL));
COMMENT ON COLUMN campaign_attempt.judged IS 'Who seemed to have answered; unknown is treated as a person; null where nobody listened';
COMMENT ON COLUMN campaign_attempt.judged_at IS 'When that was decided';
COMMENT ON COLUMN campaign_attempt.judged_after IS 'Seconds from the answer to the decision';
COMMENT ON COLUMN campaign_attempt.judged_why IS 'Codes of its reasons';
COMMENT ON COLUMN campaign_attempt.message_left_at IS 'When a machine had taken our message whole';
