-- Whose an e-mail is, as the staff found out, and e-mails that need no answer (row A5).
ALTER TABLE mail_in
    ADD COLUMN holder_proof text CHECK (holder_proof IN ('claimed', 'papers', 'called-back')),
    ADD COLUMN holder_by    text,
    ADD COLUMN holder_at    timestamptz,
    ADD COLUMN closed_for   text CHECK (closed_for IN
        ('no-answer-needed', 'answered-elsewhere', 'not-for-us', 'junk')),
    ADD COLUMN closed_by    text,
    ADD COLUMN closed_at    timestamptz;
COMMENT ON COLUMN mail_in.holder_proof IS 'How surely the staff know whose it is: claimed in the text; papers were with it; called back on the registered number. Null: nobody of the staff said so';
COMMENT ON COLUMN mail_in.holder_by IS 'Staff number of who said whose it is';
COMMENT ON COLUMN mail_in.holder_at IS 'When that was said';
COMMENT ON COLUMN mail_in.closed_for IS 'Why it is closed without an answer by e-mail; null where it was not';
COMMENT ON COLUMN mail_in.closed_by IS 'Staff number of who closed it';
COMMENT ON COLUMN mail_in.closed_at IS 'When it was closed without an answer';
CREATE INDEX mail_in_done ON mail_in (coalesce(answered_at, closed_at) DESC)
    WHERE kind = 'message' AND due_at IS NULL;
