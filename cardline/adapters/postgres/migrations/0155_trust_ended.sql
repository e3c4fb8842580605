-- Whoever ends an entry of the registry says why: the next person asks.
ALTER TABLE trust_official ADD COLUMN ended_why text NOT NULL DEFAULT '';
ALTER TABLE trust_official ADD COLUMN ended_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN trust_official.ended_why IS 'Why somebody of the staff let it end; empty where its end was known from the beginning';
COMMENT ON COLUMN trust_official.ended_by IS 'Who did, as in the journal; empty likewise';
