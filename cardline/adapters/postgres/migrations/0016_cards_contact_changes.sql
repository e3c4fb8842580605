CREATE TABLE card_contact_change (
    id           text        PRIMARY KEY,
    key          text        NOT NULL CONSTRAINT card_contact_change_key UNIQUE,
    holder_id    text        NOT NULL,
    field        text        NOT NULL CHECK (field IN ('address', 'phone', 'email')),
    was          text,
    wanted       text        NOT NULL,
    interaction  text        NOT NULL,
    state        text        NOT NULL
                 CHECK (state IN ('requested', 'cooling', 'final', 'cancelled', 'lapsed')),
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL,
    lapses_at    timestamptz NOT NULL,
    side         text        CHECK (side IN ('old_phone', 'branch')),
    confirmed_by text,
    confirmed_at timestamptz,
    branch       text,
    cooling_until timestamptz,
    phone_changed_before timestamptz,
    data_changed_before timestamptz,
    ended_at     timestamptz,
    CONSTRAINT card_contact_change_confirmed CHECK (
        (confirmed_at IS NULL) = (side IS NULL) AND (confirmed_at IS NULL) = (cooling_until IS NULL)
    )
);
COMMENT ON TABLE card_contact_change IS 'Changes of address, phone and e-mail: asked for, confirmed by a second side, cooled (row B4)';
COMMENT ON COLUMN card_contact_change.id IS 'Identifier';
COMMENT ON COLUMN card_contact_change.key IS 'Makes a repeated request harmless';
COMMENT ON COLUMN card_contact_change.holder_id IS 'The holder';
COMMENT ON COLUMN card_contact_change.field IS 'What is changed';
COMMENT ON COLUMN card_contact_change.was IS 'Value when it was asked for';
COMMENT ON COLUMN card_contact_change.wanted IS 'New value';
COMMENT ON COLUMN card_contact_change.interaction IS 'Where it was asked for';
COMMENT ON COLUMN card_contact_change.state IS 'requested, cooling (in force, can be cancelled), final, cancelled, lapsed (never confirmed)';
COMMENT ON COLUMN card_contact_change.requested_by IS 'Staff number of whoever took the request';
COMMENT ON COLUMN card_contact_change.requested_at IS 'When';
COMMENT ON COLUMN card_contact_change.lapses_at IS 'An unconfirmed request is void from then on';
COMMENT ON COLUMN card_contact_change.side IS 'Second side that confirmed';
COMMENT ON COLUMN card_contact_change.confirmed_by IS 'Staff number of whoever saw the confirmation';
COMMENT ON COLUMN card_contact_change.confirmed_at IS 'When';
COMMENT ON COLUMN card_contact_change.branch IS 'Branch that saw the identity document';
COMMENT ON COLUMN card_contact_change.cooling_until IS 'Until then it can be cancelled, and risky acts need more proof';
COMMENT ON COLUMN card_contact_change.phone_changed_before IS 'When the number had been changed before: restored by a cancellation';
COMMENT ON COLUMN card_contact_change.data_changed_before IS 'When the other data had been changed before: restored by a cancellation';
COMMENT ON COLUMN card_contact_change.ended_at IS 'When it became final, was cancelled, or lapsed';
CREATE INDEX card_contact_change_holder ON card_contact_change (holder_id, requested_at);
CREATE INDEX card_contact_change_running ON card_contact_change (requested_at)
    WHERE state IN ('requested', 'cooling');
CREATE UNIQUE INDEX card_contact_change_one ON card_contact_change (holder_id, field)
    WHERE state IN ('requested', 'cooling');
