-- Public lists of numbers that want no advertising (row D1): TPS, the US registry, and their like.
CREATE TABLE outreach_register (
    name      text        PRIMARY KEY,
    version   text        NOT NULL,
    region    text        NOT NULL,
    as_of     timestamptz NOT NULL,
    numbers   bigint      NOT NULL,
    loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE outreach_register IS 'Public lists of those who want no advertising, each as it was loaded last';
COMMENT ON COLUMN outreach_register.name IS 'Name of the list, chosen by the bank';
COMMENT ON COLUMN outreach_register.version IS 'Which of its numbers count: those of the last whole load';
COMMENT ON COLUMN outreach_register.region IS 'Region whose numbers it writes without a country code';
COMMENT ON COLUMN outreach_register.as_of IS 'Of when the list is; a number counts as held against the lists as of the oldest of them';
COMMENT ON COLUMN outreach_register.numbers IS 'Lines that hold a number';
COMMENT ON COLUMN outreach_register.loaded_at IS 'When it was loaded';

CREATE TABLE outreach_register_number (
    register text  NOT NULL,
    version  text  NOT NULL,
    mark     bytea NOT NULL
);
COMMENT ON TABLE outreach_register_number IS 'The numbers on those lists, as marks: without the key, which is in no database, no number can be read back or tried out';
COMMENT ON COLUMN outreach_register_number.register IS 'On which list';
COMMENT ON COLUMN outreach_register_number.version IS 'Of which load';
COMMENT ON COLUMN outreach_register_number.mark IS 'Keyed hash of the number (BLAKE2b, 16 bytes)';
CREATE INDEX outreach_register_number_mark ON outreach_register_number (mark);
