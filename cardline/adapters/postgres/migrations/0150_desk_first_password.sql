-- A password that somebody else knows opens one page: the one on which it is changed.
ALTER TABLE staff_login ADD COLUMN must_change boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN staff_login.must_change IS 'Somebody else set this password: whoever logs in with it changes it first';
ALTER TABLE staff_session ADD COLUMN must_change boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN staff_session.must_change IS 'Opened with a password that somebody else set: serves only for changing it';
