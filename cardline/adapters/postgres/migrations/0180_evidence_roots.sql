-- The journal's entries get a salt, so that parts of one can be left out of a copy and still be
-- proven. Entries of before have none; their hashes stay what they are.
ALTER TABLE journal ADD COLUMN salt bytea CHECK (length(salt) = 16);
COMMENT ON COLUMN journal.salt IS 'Of the commitments to its fields; empty for entries that were hashed as a whole';
COMMENT ON COLUMN journal.hash IS 'SHA-256 over previous and the canonical entry: its fields committed one by one, or whole without salt';

CREATE TABLE evidence_key (
    id                 text        PRIMARY KEY,
    public             bytea       NOT NULL CHECK (length(public) = 32),
    valid_from         timestamptz NOT NULL,
    valid_to           timestamptz NOT NULL CHECK (valid_to > valid_from),
    statement          text        NOT NULL,
    signature          bytea       NOT NULL CHECK (length(signature) = 64),
    previous_signature bytea       CHECK (length(previous_signature) = 64)
);
COMMENT ON TABLE evidence_key IS 'Public keys that sign roots and packs (Ed25519); the private ones are files';
COMMENT ON COLUMN evidence_key.id IS 'First 16 hexadecimal digits of the SHA-256 of the public key';
COMMENT ON COLUMN evidence_key.public IS 'The public key, raw';
COMMENT ON COLUMN evidence_key.valid_from IS 'It signs from here';
COMMENT ON COLUMN evidence_key.valid_to IS 'and up to here, this moment not included; what it signed stays valid';
COMMENT ON COLUMN evidence_key.statement IS 'All of this as canonical JSON, with the id of the key before';
COMMENT ON COLUMN evidence_key.signature IS 'Of the statement by the key itself';
COMMENT ON COLUMN evidence_key.previous_signature IS 'Of the statement by the key before; empty for the first, or where that one was lost';

CREATE TABLE evidence_root (
    number    bigint      PRIMARY KEY CHECK (number > 0),
    at        timestamptz NOT NULL,
    statement text        NOT NULL,
    signature bytea       NOT NULL CHECK (length(signature) = 64)
);
COMMENT ON TABLE evidence_root IS 'Signed Merkle roots over the ends of all streams that grew, one an hour, each chained to the one before';
COMMENT ON COLUMN evidence_root.number IS 'Place in the chain of roots, from 1 without a gap';
COMMENT ON COLUMN evidence_root.at IS 'When it was made';
COMMENT ON COLUMN evidence_root.statement IS 'What is signed, canonical JSON: number, at, leaves, root, previous, key';
COMMENT ON COLUMN evidence_root.signature IS 'Of the statement, Ed25519';

CREATE TABLE evidence_leaf (
    stream text   NOT NULL,
    seq    bigint NOT NULL CHECK (seq > 0),
    hash   bytea  NOT NULL CHECK (length(hash) = 32),
    root   bigint NOT NULL,
    PRIMARY KEY (stream, seq)
);
COMMENT ON TABLE evidence_leaf IS 'What each root covers: the end of every stream that had grown since the root before';
COMMENT ON COLUMN evidence_leaf.stream IS 'Name of the stream';
COMMENT ON COLUMN evidence_leaf.seq IS 'Place of its last entry when the root was made';
COMMENT ON COLUMN evidence_leaf.hash IS 'Hash of that entry';
COMMENT ON COLUMN evidence_leaf.root IS 'Number of the root';
CREATE INDEX evidence_leaf_root ON evidence_leaf (root);

CREATE TRIGGER evidence_key_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_key
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER evidence_root_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_root
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER evidence_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
