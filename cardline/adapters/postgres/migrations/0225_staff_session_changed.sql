-- Nodes keep in memory the sessions that they have just seen. Whatever changes what a session may
-- do, by whatever way, says so here: being seen, which happens all the time, does not.
CREATE FUNCTION staff_session_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('cardline_session', NEW.number);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION staff_session_changed IS 'Tells every node whose sessions it must read anew';

CREATE TRIGGER staff_session_changed
    AFTER UPDATE OF second_factor, must_change, ends_at, ended_at ON staff_session
    FOR EACH ROW EXECUTE FUNCTION staff_session_changed();
CREATE TRIGGER staff_changed
    AFTER UPDATE OF name, role, agent_id, phone_user, left_at ON staff
    FOR EACH ROW EXECUTE FUNCTION staff_session_changed();
