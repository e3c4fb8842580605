CREATE TABLE staff_oidc_try (
    state_hash   bytea       PRIMARY KEY CHECK (length(state_hash) = 32),
    browser_hash bytea       NOT NULL CHECK (length(browser_hash) = 32),
    sealed       bytea       NOT NULL,
    ends_at      timestamptz NOT NULL
);
CREATE INDEX staff_oidc_try_end ON staff_oidc_try (ends_at);
COMMENT ON TABLE staff_oidc_try IS 'Browsers that were sent to the bank''s log-in service and have not come back; a row is used once';
COMMENT ON COLUMN staff_oidc_try.state_hash IS 'SHA-256 of the state that comes back with the code';
COMMENT ON COLUMN staff_oidc_try.browser_hash IS 'SHA-256 of the secret in the cookie of the browser that was sent: nobody else may come back';
COMMENT ON COLUMN staff_oidc_try.sealed IS 'Nonce and code verifier (RFC 7636), sealed with AES-256-GCM';
COMMENT ON COLUMN staff_oidc_try.ends_at IS 'Until when it may be used';
