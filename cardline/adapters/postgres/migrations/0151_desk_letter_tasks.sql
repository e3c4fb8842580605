-- What holders write on their own pages waits among the tasks, like everything else that is promised.
ALTER TABLE desk_task DROP CONSTRAINT desk_task_kind_check;
ALTER TABLE desk_task ADD CONSTRAINT desk_task_kind_check
    CHECK (kind IN ('promise', 'callback', 'wrap-up', 'message', 'other'));
COMMENT ON COLUMN desk_task.kind IS 'promise, callback, wrap-up, message (of a holder, to be answered), other';
COMMENT ON COLUMN desk_task.source IS 'What it came from, so that it comes once: promise:…, message:… (left on the telephone), chat:…, letter:… (from the holder''s pages), wrap-up:…';
