CREATE TABLE sealed_key (
    id           text        PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
    name         text        NOT NULL,
    cipher       text        NOT NULL CHECK (cipher IN ('aes-256-gcm', 'sm4-gcm')),
    master       text        NOT NULL,
    wrapped      bytea,
    made_at      timestamptz NOT NULL,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE sealed_key IS 'Data keys of what lies sealed on the disk, one for each thing, each wrapped by a master key (row F3)';
COMMENT ON COLUMN sealed_key.id IS 'Name of the key, as it stands in the header of the sealed file';
COMMENT ON COLUMN sealed_key.name IS 'What it opens: recordings/CALL.wav, files/PATH';
COMMENT ON COLUMN sealed_key.cipher IS 'With what it seals';
COMMENT ON COLUMN sealed_key.master IS 'Name of the master key that wraps it';
COMMENT ON COLUMN sealed_key.wrapped IS 'The key, wrapped; null once destroyed: then what it sealed is gone for good, in every backup of the files too';
COMMENT ON COLUMN sealed_key.made_at IS 'When it was made';
COMMENT ON COLUMN sealed_key.destroyed_at IS 'When it was destroyed';
CREATE INDEX sealed_key_name ON sealed_key (name);
CREATE INDEX sealed_key_master ON sealed_key (master) WHERE wrapped IS NOT NULL;

ALTER TABLE recording
    ADD COLUMN sealed_at timestamptz,
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN file_gone_at timestamptz,
    ADD CHECK (file_gone_at >= erased_at);
COMMENT ON COLUMN recording.sha256 IS 'Hash of the sound file itself, before it was sealed; also in the journal';
COMMENT ON COLUMN recording.bytes IS 'Size of the sound file itself in bytes, before it was sealed';
COMMENT ON COLUMN recording.sealed_at IS 'From when on the file lies sealed; null: it is of before, and is sealed in passing';
COMMENT ON COLUMN recording.erased_at IS 'When it was erased: its key destroyed; the hash stays as proof';
COMMENT ON COLUMN recording.file_gone_at IS 'When the file itself was found removed after that';
CREATE INDEX recording_unsealed ON recording (stored_at) WHERE sealed_at IS NULL AND erased_at IS NULL;
CREATE INDEX recording_left_over ON recording (erased_at) WHERE erased_at IS NOT NULL AND file_gone_at IS NULL;
CREATE INDEX recording_interaction ON recording (interaction);
CREATE INDEX recording_kept ON recording (stored_at, call) WHERE erased_at IS NULL;
