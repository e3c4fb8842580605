-- Withdrawals for one channel.
ALTER TABLE outreach_withdrawal ADD COLUMN channel text
    CHECK (channel IN ('call', 'sms', 'email', 'letter', 'app'));
COMMENT ON TABLE outreach_withdrawal IS 'Withdrawals for a purpose, of a holder, a number, or both';
COMMENT ON COLUMN outreach_withdrawal.channel IS 'By which channel no more; null: by none';

-- What stands against contacts: lists, marks, complaints.
ALTER TABLE outreach_block DROP CONSTRAINT outreach_block_kind_check;
ALTER TABLE outreach_block ADD CONSTRAINT outreach_block_kind_check
    CHECK (kind IN ('wrong_number', 'no_contact', 'do_not_call', 'vulnerable', 'complaint', 'calls_complaint'));
COMMENT ON TABLE outreach_block IS 'What stands against contacts with a number or a holder: blocks, lists, marks, open complaints';
COMMENT ON COLUMN outreach_block.kind IS 'wrong_number stops everything; what the others stop stands in the policy pack';
COMMENT ON COLUMN outreach_block.source IS 'Who reported or asked for it; of a complaint, which one';
CREATE INDEX outreach_block_source ON outreach_block (source) WHERE kind IN ('complaint', 'calls_complaint');

-- Every contact that the gate was asked about: let pass or refused, and why.
ALTER TABLE outreach_contact
    ADD COLUMN answer     text        NOT NULL DEFAULT 'yes' CHECK (answer IN ('yes', 'no', 'later')),
    ADD COLUMN not_before timestamptz,
    ADD COLUMN reasons    jsonb       NOT NULL DEFAULT '[]',
    ADD COLUMN rule       text        NOT NULL DEFAULT '',
    ADD COLUMN inputs     text        NOT NULL DEFAULT '',
    ADD COLUMN asked_at   timestamptz,
    ADD COLUMN outcome    text        CHECK (outcome IN ('answered', 'unanswered', 'abandoned')),
    ADD CONSTRAINT outreach_contact_answer CHECK (answer = 'yes' OR cancelled_at IS NOT NULL);
UPDATE outreach_contact SET asked_at = at;
ALTER TABLE outreach_contact ALTER COLUMN asked_at SET NOT NULL;
COMMENT ON TABLE outreach_contact IS 'Contacts about which the gate was asked; those that hold a place are the ground of all caps';
COMMENT ON COLUMN outreach_contact.at IS 'When its place was taken, or when it was first asked for';
COMMENT ON COLUMN outreach_contact.cancelled_at IS 'When its place was given back or refused; null while it holds one';
COMMENT ON COLUMN outreach_contact.answer IS 'The gate''s last answer: yes, no, or later (not before a time)';
COMMENT ON COLUMN outreach_contact.not_before IS 'With later: from when on';
COMMENT ON COLUMN outreach_contact.reasons IS 'All reasons of the last answer, each with code, source and perhaps its end';
COMMENT ON COLUMN outreach_contact.rule IS 'Pack, area and date of the rule that answered';
COMMENT ON COLUMN outreach_contact.inputs IS 'SHA-256 over what the answer rested on, in canonical JSON; empty before this was kept';
COMMENT ON COLUMN outreach_contact.asked_at IS 'When the gate was asked last';
COMMENT ON COLUMN outreach_contact.outcome IS 'What became of a call; null while it is on its way, and for what is not answered';

CREATE TABLE outreach_number (
    holder       text NOT NULL,
    phone        text NOT NULL,
    known_since  timestamptz,
    confirmed_at timestamptz,
    scrubbed_at  timestamptz,
    PRIMARY KEY (holder, phone)
);
COMMENT ON TABLE outreach_number IS 'How well a number is known to be a holder''s';
COMMENT ON COLUMN outreach_number.holder IS 'Whose number';
COMMENT ON COLUMN outreach_number.phone IS 'Number, E.164';
COMMENT ON COLUMN outreach_number.known_since IS 'Since when the bank has it; null: as long as it knows the holder';
COMMENT ON COLUMN outreach_number.confirmed_at IS 'When the holder last proved to have it';
COMMENT ON COLUMN outreach_number.scrubbed_at IS 'When it was last held against the public lists of those who refuse advertising';

CREATE TABLE outreach_wish (
    holder       text        PRIMARY KEY,
    kinds_off    text[]      NOT NULL,
    channels_off text[]      NOT NULL,
    opens        time,
    closes       time,
    days_off     integer[]   NOT NULL,
    most_week    integer     CHECK (most_week > 0),
    most_month   integer     CHECK (most_month > 0),
    paused_until timestamptz,
    at           timestamptz NOT NULL,
    CHECK (closes > opens)
);
COMMENT ON TABLE outreach_wish IS 'How a holder wants to be contacted (row D5); the journal keeps what was set before';
COMMENT ON COLUMN outreach_wish.holder IS 'Who';
COMMENT ON COLUMN outreach_wish.kinds_off IS 'Purposes that the holder does not want';
COMMENT ON COLUMN outreach_wish.channels_off IS 'Channels that the holder does not want';
COMMENT ON COLUMN outreach_wish.opens IS 'Not before this time of the holder''s day; null: as the pack says';
COMMENT ON COLUMN outreach_wish.closes IS 'Not from this time of the holder''s day on; null: as the pack says';
COMMENT ON COLUMN outreach_wish.days_off IS 'ISO weekdays on which not: Monday 1 to Sunday 7';
COMMENT ON COLUMN outreach_wish.most_week IS 'At most so many contacts in 7 days; null: as the pack says';
COMMENT ON COLUMN outreach_wish.most_month IS 'At most so many contacts in 30 days; null: as the pack says';
COMMENT ON COLUMN outreach_wish.paused_until IS 'Nothing but protection until then';
COMMENT ON COLUMN outreach_wish.at IS 'When it was set';

CREATE TABLE outreach_reject (
    id       text        PRIMARY KEY,
    holder   text        NOT NULL,
    campaign text,
    phone    text,
    since    timestamptz NOT NULL,
    until    timestamptz CHECK (until >= since),
    CHECK (num_nonnulls(campaign, phone) = 1)
);
CREATE UNIQUE INDEX outreach_reject_open ON outreach_reject (holder, campaign, phone) NULLS NOT DISTINCT
    WHERE until IS NULL;
COMMENT ON TABLE outreach_reject IS 'The reject list of a holder: campaigns of which they want to hear nothing, numbers at which';
COMMENT ON COLUMN outreach_reject.id IS 'Identifier';
COMMENT ON COLUMN outreach_reject.holder IS 'Who rejects';
COMMENT ON COLUMN outreach_reject.campaign IS 'Which campaign';
COMMENT ON COLUMN outreach_reject.phone IS 'At which number, E.164';
COMMENT ON COLUMN outreach_reject.since IS 'Start of the period';
COMMENT ON COLUMN outreach_reject.until IS 'End of the period, exclusive; null while it lasts';
