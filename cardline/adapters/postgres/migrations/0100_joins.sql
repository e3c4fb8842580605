-- What the seams between the desk's parts need: objections on the screen, the pause that ends by itself.
CREATE INDEX identity_hold_objected ON identity_hold (holder, objected_at)
    WHERE objected_at IS NOT NULL;

CREATE TABLE desk_pause (
    agent       text        PRIMARY KEY,
    interaction text        NOT NULL,
    began_at    timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL
);
COMMENT ON TABLE desk_pause IS 'Pauses that agents take after an abusive conversation; a row goes when the pause is over (row G3)';
COMMENT ON COLUMN desk_pause.agent IS 'Whose pause';
COMMENT ON COLUMN desk_pause.interaction IS 'The conversation after which it was taken';
COMMENT ON COLUMN desk_pause.began_at IS 'When it was taken';
COMMENT ON COLUMN desk_pause.ends_at IS 'When the agent is ready again by the clock, unless he is so before';
CREATE INDEX desk_pause_ends ON desk_pause (ends_at);
