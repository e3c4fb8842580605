-- Complaints, and whatever else is kept for a time, are erased in theirs (row F3, PBC5 44).
ALTER TABLE complaint ADD COLUMN erased_at timestamptz;
COMMENT ON COLUMN complaint.erased_at IS 'When what was personal in it was erased; class, times and outcome stay for figures';
CREATE INDEX complaint_kept ON complaint (closed_at, id) WHERE closed_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX complaint_interaction ON complaint (interaction) WHERE interaction IS NOT NULL;
-- By which a file is known to be evidence of a complaint.
CREATE INDEX complaint_files ON complaint USING gin (files);
CREATE INDEX complaint_fact_files ON complaint_fact USING gin (files);
CREATE INDEX complaint_proxy ON complaint USING gin (proxy jsonb_path_ops) WHERE proxy IS NOT NULL;
CREATE INDEX complaint_form_at ON complaint_form USING brin (at);
CREATE INDEX mail_in_loose ON mail_in (at) WHERE interaction IS NULL;
CREATE INDEX desk_task_loose ON desk_task (done_at) WHERE interaction IS NULL AND done_at IS NOT NULL;

ALTER TABLE stored_file ADD COLUMN sealed_at timestamptz;
COMMENT ON COLUMN stored_file.sealed_at IS 'From when on it lies sealed; null: it is of before, and is sealed in passing';
UPDATE stored_file AS f SET sealed_at = f.stored_at
WHERE EXISTS (SELECT FROM sealed_key AS k WHERE k.name = 'files/' || f.path);
CREATE INDEX stored_file_unsealed ON stored_file (id) WHERE sealed_at IS NULL AND erased_at IS NULL;
