CREATE TABLE bank_import_row (
    source text  NOT NULL,
    row    text  NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 16),
    PRIMARY KEY (source, row)
);
COMMENT ON TABLE bank_import_row IS 'Which rows of which kind of file were loaded, so that a second run changes nothing';
COMMENT ON COLUMN bank_import_row.source IS 'Format of the file: uci, csv';
COMMENT ON COLUMN bank_import_row.row IS 'What names the row within the format: its ID, or the card token';
COMMENT ON COLUMN bank_import_row.digest IS 'Hash of the row as it was loaded last';
