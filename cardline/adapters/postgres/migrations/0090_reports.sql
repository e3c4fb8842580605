-- Reports read these tables by the time at which something was over.
CREATE INDEX routing_talk_wrapped ON routing_talk (wrapped_at);
