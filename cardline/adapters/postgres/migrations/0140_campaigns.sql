-- Campaigns: lists of people whom the bank contacts, how they are dialled, and what became of it (rows D3, D4, D7).
CREATE TABLE campaign (
    id                text        PRIMARY KEY,
    name              text        NOT NULL CHECK (name <> ''),
    kind              text        NOT NULL
                      CHECK (kind IN ('reminder', 'collection', 'alert', 'care', 'offer', 'survey')),
    channel           text        NOT NULL CHECK (channel IN ('call', 'sms')),
    mode              text        CHECK (mode IN ('preview', 'progressive', 'predictive')),
    matter            text        NOT NULL,
    opening           text        NOT NULL CHECK (opening IN ('played', 'read')),
    script            jsonb       NOT NULL,
    minutes           integer     NOT NULL CHECK (minutes BETWEEN 1 AND 30),
    opens             time        NOT NULL,
    closes            time        NOT NULL CHECK (opens < closes),
    retries           integer     NOT NULL CHECK (retries BETWEEN 0 AND 9),
    abandonment_limit numeric     NOT NULL CHECK (abandonment_limit >= 0 AND abandonment_limit < 1),
    hold_out          numeric     NOT NULL CHECK (hold_out >= 0 AND hold_out < 1),
    state             text        NOT NULL
                      CHECK (state IN ('draft', 'running', 'paused', 'stopped', 'done')),
    created_by        text        NOT NULL,
    created_at        timestamptz NOT NULL,
    started_at        timestamptz,
    ended_at          timestamptz,
    CHECK ((channel = 'call') = (mode IS NOT NULL)),
    CHECK ((ended_at IS NOT NULL) = (state IN ('stopped', 'done')))
);
COMMENT ON TABLE campaign IS 'Campaigns: contacts that the bank makes by a list (row D4)';
COMMENT ON COLUMN campaign.id IS 'Id, also the journal stream of the campaign';
COMMENT ON COLUMN campaign.name IS 'What staff call it';
COMMENT ON COLUMN campaign.kind IS 'What it is about; the purpose before the gate follows from it';
COMMENT ON COLUMN campaign.channel IS 'call or sms';
COMMENT ON COLUMN campaign.mode IS 'How it is dialled: preview, progressive, predictive; null for sms';
COMMENT ON COLUMN campaign.matter IS 'Skill that an agent of this campaign has passed';
COMMENT ON COLUMN campaign.opening IS 'Whether the opening is played to the person or read by the agent (row D3)';
COMMENT ON COLUMN campaign.script IS 'What the agent reads after the opening, one text a language; for an offer its words in a short message';
COMMENT ON COLUMN campaign.minutes IS 'Length of the talk that is announced, in minutes';
COMMENT ON COLUMN campaign.opens IS 'First time of the day in the holder''s zone; the gate may narrow it';
COMMENT ON COLUMN campaign.closes IS 'End of the day in the holder''s zone, exclusive';
COMMENT ON COLUMN campaign.retries IS 'Tries after the first that reached nobody';
COMMENT ON COLUMN campaign.abandonment_limit IS 'Greatest share of answered calls for which no agent was free';
COMMENT ON COLUMN campaign.hold_out IS 'Share of the list that is drawn at random and not contacted, to measure what contact changes';
COMMENT ON COLUMN campaign.state IS 'draft, running, paused, stopped (for good), done (nobody is left)';
COMMENT ON COLUMN campaign.created_by IS 'Who made it';
COMMENT ON COLUMN campaign.created_at IS 'When it was made';
COMMENT ON COLUMN campaign.started_at IS 'When it first ran';
COMMENT ON COLUMN campaign.ended_at IS 'When it was stopped or done';
CREATE INDEX campaign_running ON campaign (id) WHERE state = 'running';

CREATE TABLE campaign_entry (
    id            text        PRIMARY KEY,
    campaign      text        NOT NULL REFERENCES campaign,
    place         integer     NOT NULL,
    holder        text        NOT NULL,
    phone         text        NOT NULL,
    language      text        NOT NULL CHECK (language IN ('zh', 'en')),
    zone          text        NOT NULL,
    fields        jsonb       NOT NULL DEFAULT '{}',
    arm           text        NOT NULL CHECK (arm IN ('contacted', 'held-out')),
    state         text        NOT NULL CHECK (state IN ('waiting', 'previewed', 'dialling', 'done')),
    attempts      integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at        timestamptz NOT NULL,
    claimed_by    text,
    claimed_until timestamptz,
    reasons       text[]      NOT NULL DEFAULT '{}',
    outcome       text,
    disposition   text,
    reached       boolean,
    settled_at    timestamptz,
    UNIQUE (campaign, holder),
    CHECK ((state = 'previewed') = (claimed_by IS NOT NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
    CHECK ((state = 'done') = (settled_at IS NOT NULL)),
    CHECK (arm = 'contacted' OR state = 'done')
);
COMMENT ON TABLE campaign_entry IS 'Whom a campaign is for: one row for each person and campaign';
COMMENT ON COLUMN campaign_entry.id IS 'Id, also the journal stream of refusals';
COMMENT ON COLUMN campaign_entry.campaign IS 'The campaign';
COMMENT ON COLUMN campaign_entry.place IS 'Place in the list; the lower is taken first';
COMMENT ON COLUMN campaign_entry.holder IS 'Whom it is for';
COMMENT ON COLUMN campaign_entry.phone IS 'Registered number when the list was made, E.164';
COMMENT ON COLUMN campaign_entry.language IS 'Language of the holder';
COMMENT ON COLUMN campaign_entry.zone IS 'Time zone of the holder';
COMMENT ON COLUMN campaign_entry.fields IS 'What the list says for this person, for example amount and due date';
COMMENT ON COLUMN campaign_entry.arm IS 'contacted, or held-out: drawn at random and left alone';
COMMENT ON COLUMN campaign_entry.state IS 'waiting; previewed (an agent looks at it); dialling (a try goes on); done';
COMMENT ON COLUMN campaign_entry.attempts IS 'Tries so far';
COMMENT ON COLUMN campaign_entry.due_at IS 'Not tried before this time';
COMMENT ON COLUMN campaign_entry.claimed_by IS 'Agent who looks at it';
COMMENT ON COLUMN campaign_entry.claimed_until IS 'When the look ends by itself';
COMMENT ON COLUMN campaign_entry.reasons IS 'Codes with which the gate refused it last';
COMMENT ON COLUMN campaign_entry.outcome IS 'How the last try ended, or why there was none';
COMMENT ON COLUMN campaign_entry.disposition IS 'What the agent wrote about the talk; for a survey the score that was answered';
COMMENT ON COLUMN campaign_entry.reached IS 'Whether the person did what the campaign is for; null while it is unknown';
COMMENT ON COLUMN campaign_entry.settled_at IS 'When it was done with';
CREATE INDEX campaign_entry_next ON campaign_entry (campaign, due_at, place) WHERE state = 'waiting';
CREATE INDEX campaign_entry_holder ON campaign_entry (holder, settled_at);
CREATE INDEX campaign_entry_claimed ON campaign_entry (claimed_until) WHERE state = 'previewed';

CREATE TABLE campaign_attempt (
    id           text        PRIMARY KEY,
    entry        text        NOT NULL REFERENCES campaign_entry,
    campaign     text        NOT NULL REFERENCES campaign,
    number       integer     NOT NULL CHECK (number > 0),
    channel      text        NOT NULL CHECK (channel IN ('call', 'sms')),
    interaction  text        UNIQUE,
    call         text,
    agent        text,
    agent_held   boolean     NOT NULL DEFAULT false,
    dialled_at   timestamptz NOT NULL,
    answered_at  timestamptz,
    abandoned    boolean     NOT NULL DEFAULT false,
    opened_at    timestamptz,
    opened_by    text,
    connected_at timestamptz,
    ended_at     timestamptz,
    outcome      text,
    chosen       text,
    disposition  text,
    note         text        NOT NULL DEFAULT '',
    disposed_by  text,
    disposed_at  timestamptz,
    UNIQUE (entry, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK (NOT abandoned OR answered_at IS NOT NULL),
    CHECK (channel <> 'call' OR (interaction IS NOT NULL AND call IS NOT NULL))
);
COMMENT ON TABLE campaign_attempt IS 'Each try to reach somebody of a campaign: the facts behind pacing and reports';
COMMENT ON COLUMN campaign_attempt.id IS 'Id; with the entry''s number it is the key under which the gate keeps its place';
COMMENT ON COLUMN campaign_attempt.entry IS 'Whom it is for';
COMMENT ON COLUMN campaign_attempt.campaign IS 'The campaign';
COMMENT ON COLUMN campaign_attempt.number IS 'First, second … try of the entry; unique, so that two workers never make the same';
COMMENT ON COLUMN campaign_attempt.channel IS 'call or sms';
COMMENT ON COLUMN campaign_attempt.interaction IS 'The interaction of the call';
COMMENT ON COLUMN campaign_attempt.call IS 'The call on the line';
COMMENT ON COLUMN campaign_attempt.agent IS 'Agent who was taken for it';
COMMENT ON COLUMN campaign_attempt.agent_held IS 'True where the agent was taken before the dial: nobody can be left without one';
COMMENT ON COLUMN campaign_attempt.dialled_at IS 'When it was dialled or handed over';
COMMENT ON COLUMN campaign_attempt.answered_at IS 'When the person answered';
COMMENT ON COLUMN campaign_attempt.abandoned IS 'True where somebody answered and no agent was free: the safe message was played';
COMMENT ON COLUMN campaign_attempt.opened_at IS 'When the opening had been heard or was confirmed as read (row D3)';
COMMENT ON COLUMN campaign_attempt.opened_by IS 'Agent who confirmed that it was read; null where it was played';
COMMENT ON COLUMN campaign_attempt.connected_at IS 'When person and agent heard each other';
COMMENT ON COLUMN campaign_attempt.ended_at IS 'When it was over';
COMMENT ON COLUMN campaign_attempt.outcome IS 'How it ended';
COMMENT ON COLUMN campaign_attempt.chosen IS 'What the person chose by a key while the call went on';
COMMENT ON COLUMN campaign_attempt.disposition IS 'What the agent wrote about it';
COMMENT ON COLUMN campaign_attempt.note IS 'The agent''s words';
COMMENT ON COLUMN campaign_attempt.disposed_by IS 'Who wrote it';
COMMENT ON COLUMN campaign_attempt.disposed_at IS 'When it was written';
CREATE INDEX campaign_attempt_of ON campaign_attempt (campaign, dialled_at);
CREATE INDEX campaign_attempt_open ON campaign_attempt (campaign) WHERE ended_at IS NULL;

-- A call of a campaign is an interaction of its own door, and its agent's part a talk of its own kind.
ALTER TABLE interaction DROP CONSTRAINT interaction_door_check;
ALTER TABLE interaction ADD CONSTRAINT interaction_door_check
    CHECK (door IN ('phone', 'callback', 'campaign', 'chat', 'message'));
COMMENT ON COLUMN interaction.door IS 'How the person came: phone, a call-back that we placed, a campaign that called, chat, or a message from the holder''s pages';
ALTER TABLE routing_talk DROP CONSTRAINT routing_talk_kind_check;
ALTER TABLE routing_talk ADD CONSTRAINT routing_talk_kind_check
    CHECK (kind IN ('offer', 'transfer', 'consult', 'conference', 'monitor', 'outbound'));
