-- A letter that was stopped keeps its number: whoever asks for it is told when it was stopped, by whom and why.
ALTER TABLE letter ADD COLUMN withdrawn_at timestamptz, ADD COLUMN withdrawn_by text, ADD COLUMN withdrawn_why text;
COMMENT ON COLUMN letter.withdrawn_at IS 'When it was stopped before it was printed';
COMMENT ON COLUMN letter.withdrawn_by IS 'Staff number of the lead who stopped it';
COMMENT ON COLUMN letter.withdrawn_why IS 'Why, in their words; secrets are masked';
