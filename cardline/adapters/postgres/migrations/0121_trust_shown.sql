-- An entry as people read it: a name keeps its capitals and spaces, a number the form in which it is printed.
ALTER TABLE trust_official ADD COLUMN shown text CHECK (shown <> '');
UPDATE trust_official SET shown = value;
ALTER TABLE trust_official ALTER COLUMN shown SET NOT NULL;
COMMENT ON COLUMN trust_official.shown IS 'The value as people read it';
