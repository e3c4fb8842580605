-- Contacts by every channel: calls, short messages, e-mail, letters, messages of the app.
ALTER TABLE outreach_contact ALTER COLUMN phone DROP NOT NULL;
ALTER TABLE outreach_contact ADD COLUMN campaign text;
ALTER TABLE outreach_contact ADD CONSTRAINT outreach_contact_whom
    CHECK (holder IS NOT NULL OR phone IS NOT NULL);
ALTER TABLE outreach_contact ADD CONSTRAINT outreach_contact_purpose
    CHECK (purpose IN ('service', 'security', 'reminder', 'collection', 'marketing', 'survey'));
ALTER TABLE outreach_contact ADD CONSTRAINT outreach_contact_channel
    CHECK (channel IN ('call', 'sms', 'email', 'letter', 'app'));
ALTER TABLE outreach_consent ADD CONSTRAINT outreach_consent_channel
    CHECK (channel IN ('call', 'sms', 'email', 'letter', 'app'));
COMMENT ON COLUMN outreach_contact.phone IS 'Number, E.164; null where the channel needs none';
COMMENT ON COLUMN outreach_contact.purpose IS 'service, security, reminder, collection, marketing, survey';
COMMENT ON COLUMN outreach_contact.channel IS 'call, sms, email, letter, app';
COMMENT ON COLUMN outreach_contact.campaign IS 'Campaign to which it belongs; null outside campaigns';
COMMENT ON COLUMN outreach_consent.channel IS 'By which channel: call, sms, email, letter, app';
