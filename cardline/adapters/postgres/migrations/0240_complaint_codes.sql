-- Codes by which whoever complained without a log-in opens the complaint, by whatever door (row C4).
ALTER TABLE complaint_lookup
    ADD COLUMN keyed boolean NOT NULL DEFAULT false,
    ADD COLUMN way   text    NOT NULL DEFAULT 'page'
        CHECK (way IN ('page', 'said', 'email', 'sms', 'letter'));
COMMENT ON TABLE complaint_lookup IS 'By which code a complaint is opened without a log-in; the code itself is kept nowhere';
COMMENT ON COLUMN complaint_lookup.word_hash IS 'HMAC-SHA-256 of the code under a key that stands apart from the database; where not keyed SHA-256 of a word of 60 random bits';
COMMENT ON COLUMN complaint_lookup.keyed IS 'False for words from before there was a key';
COMMENT ON COLUMN complaint_lookup.way IS 'How the code was told: on a page, said by somebody of the staff, by e-mail, by short message, in a letter';
COMMENT ON COLUMN complaint_lookup.made_at IS 'When the code was made; a new one replaces it';
COMMENT ON COLUMN letter.sealed IS 'What is to be printed under the seal, only where it has a secret and only until it is printed';
