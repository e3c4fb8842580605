-- A draft that was sent back stays with its author until it is written anew or dropped.
ALTER TABLE letter_draft ADD COLUMN settled_at timestamptz;
COMMENT ON COLUMN letter_draft.settled_at IS 'When its author wrote a draft that was sent back anew, or let it drop';
-- What was sent back before nobody was shown: it is not dug out again.
UPDATE letter_draft SET settled_at = decided_at WHERE state = 'rejected';
CREATE INDEX letter_draft_sent_back ON letter_draft (author) WHERE state = 'rejected' AND settled_at IS NULL;
