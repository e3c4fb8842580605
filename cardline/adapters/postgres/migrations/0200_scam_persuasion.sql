-- What a warned holder was shown and told: the message that was judged, and the steps of the script.
ALTER TABLE scam_warning
    ADD COLUMN told    text[] NOT NULL DEFAULT '{}',
    ADD COLUMN kind    text   CHECK (kind IN ('message', 'call')),
    ADD COLUMN sender  text   NOT NULL DEFAULT '',
    ADD COLUMN message text   NOT NULL DEFAULT '',
    ADD COLUMN verdict text   CHECK (verdict IN ('official', 'unknown', 'scam')),
    ADD COLUMN score   real,
    ADD CONSTRAINT scam_warning_judged CHECK ((kind IS NULL) = (verdict IS NULL) AND (verdict IS NULL) = (score IS NULL));
COMMENT ON COLUMN scam_warning.told IS 'Steps of persuasion.yaml that were said to the holder';
COMMENT ON COLUMN scam_warning.kind IS 'What was judged: a message, or a call as the holder told it; null where nothing was';
COMMENT ON COLUMN scam_warning.sender IS 'Its sender, as shown to the holder';
COMMENT ON COLUMN scam_warning.message IS 'What was judged, without secrets';
COMMENT ON COLUMN scam_warning.verdict IS 'What it was taken for; null where nothing was judged';
COMMENT ON COLUMN scam_warning.score IS 'How much like a scam, 0 to 1';
