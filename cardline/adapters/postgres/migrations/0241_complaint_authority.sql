-- What an authority says, and who of the bank has looked at it (CMP 14): nothing goes to a proxy before.
UPDATE complaint SET proxy = proxy || '{"principal": "", "until": null, "checked_by": ""}'::jsonb
    WHERE proxy IS NOT NULL;
COMMENT ON COLUMN complaint.proxy IS 'Who speaks for the complainant: name, reach, files that show it, whether an heir, for whom and until when the authority is, who of the bank has seen it';
