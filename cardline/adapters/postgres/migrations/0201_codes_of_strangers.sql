-- Who merely knows a number must not use up its holder's codes: those of unknown browsers are counted apart.
ALTER TABLE identity_code ADD COLUMN network text NOT NULL DEFAULT '';
COMMENT ON COLUMN identity_code.network IS 'Keyed name of the network of a browser in which nobody had logged in before; empty for all else';
