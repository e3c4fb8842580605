-- The gate reads the places that are taken, of a holder and of a number; most asks are refused and
-- hold none. With all of them in the way a look became dearer with every no that was said.
CREATE INDEX outreach_contact_holder_place ON outreach_contact (holder, at)
    WHERE cancelled_at IS NULL AND NOT solicited;
CREATE INDEX outreach_contact_phone_place ON outreach_contact (phone, at)
    WHERE cancelled_at IS NULL AND NOT solicited;
DROP INDEX outreach_contact_phone;
