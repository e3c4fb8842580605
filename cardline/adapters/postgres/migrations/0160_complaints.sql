-- Complaints: what came in, what is due by when, what was decided and done, and how it was told (rows C1 to C6).
CREATE TABLE complaint (
    id            text        PRIMARY KEY,
    key           text        NOT NULL UNIQUE,
    door          text        NOT NULL CHECK (door IN ('hotline', 'agent', 'chat', 'portal', 'form', 'email', 'letter', 'regulator', 'pbc', 'association')),
    holder_id     text,
    name          text        NOT NULL DEFAULT '',
    identity_tail text        NOT NULL DEFAULT '' CHECK (length(identity_tail) <= 4),
    reach         jsonb       NOT NULL DEFAULT '{}',
    anonymous     boolean     NOT NULL,
    statement     text        NOT NULL,
    demand        text        NOT NULL DEFAULT '',
    subjects      text[]      NOT NULL DEFAULT '{}',
    persons       text[]      NOT NULL DEFAULT '{}',
    files         text[]      NOT NULL DEFAULT '{}',
    interaction   text,
    account_id    text,
    statement_day smallint    CHECK (statement_day BETWEEN 1 AND 28),
    language      text        NOT NULL CHECK (language IN ('zh', 'en')),
    zone          text        NOT NULL,
    proxy         jsonb,
    joint         jsonb,
    taken_by      text        NOT NULL,
    received_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    state         text        NOT NULL CHECK (state IN ('received', 'accepted', 'refused', 'awaiting', 'decided', 'answered', 'closed', 'withdrawn', 'joined')),
    handler       text,
    first_handler text,
    interested    text[]      NOT NULL DEFAULT '{}',
    round         smallint    NOT NULL DEFAULT 1 CHECK (round IN (1, 2)),
    run           smallint    NOT NULL DEFAULT 1 CHECK (run > 0),
    product       text        NOT NULL DEFAULT '',
    issue         text        NOT NULL DEFAULT '',
    severity      text        CHECK (severity IN ('low', 'middle', 'high', 'major')),
    causes        text[]      NOT NULL DEFAULT '{}',
    refusal       text        NOT NULL DEFAULT '',
    joined_to     text        REFERENCES complaint,
    satisfied     boolean,
    likeness      text,
    closed_at     timestamptz,
    version       integer     NOT NULL DEFAULT 0,
    CHECK ((state = 'joined') = (joined_to IS NOT NULL)),
    CHECK ((closed_at IS NOT NULL) = (state IN ('closed', 'withdrawn', 'joined')))
);
COMMENT ON TABLE complaint IS 'Complaints, by whatever door (rows C1 to C6)';
COMMENT ON COLUMN complaint.id IS 'Reference that is told to the complainant; its history is the journal stream complaint:ID';
COMMENT ON COLUMN complaint.key IS 'Makes a repeated submission harmless';
COMMENT ON COLUMN complaint.door IS 'Where it came in first';
COMMENT ON COLUMN complaint.holder_id IS 'The holder who complains; null where nobody known does';
COMMENT ON COLUMN complaint.name IS 'Name of a complainant who is no holder';
COMMENT ON COLUMN complaint.identity_tail IS 'Last 4 characters of the identity document, where given';
COMMENT ON COLUMN complaint.reach IS 'phone, email, address of a complainant whose the bank does not have';
COMMENT ON COLUMN complaint.anonymous IS 'Nobody could be told anything: it is looked into and not answered';
COMMENT ON COLUMN complaint.statement IS 'What is complained of, secrets masked';
COMMENT ON COLUMN complaint.demand IS 'What is asked for, secrets masked';
COMMENT ON COLUMN complaint.subjects IS 'What it is about, words of the pack';
COMMENT ON COLUMN complaint.persons IS 'Staff numbers of those complained of';
COMMENT ON COLUMN complaint.files IS 'Ids of the evidence attached';
COMMENT ON COLUMN complaint.interaction IS 'The conversation in which it was made';
COMMENT ON COLUMN complaint.account_id IS 'The account it is about';
COMMENT ON COLUMN complaint.statement_day IS 'Day on which the account''s period closes';
COMMENT ON COLUMN complaint.language IS 'Language of the complainant';
COMMENT ON COLUMN complaint.zone IS 'Zone in which the complainant lives';
COMMENT ON COLUMN complaint.proxy IS 'Who speaks for the complainant: name, reach, authority_files, identity_files, heir';
COMMENT ON COLUMN complaint.joint IS 'A complaint of several: people, representatives, in_person';
COMMENT ON COLUMN complaint.taken_by IS 'Who took it in, as the journal names them';
COMMENT ON COLUMN complaint.received_at IS 'When it first reached the bank in this run; the clocks run from that day';
COMMENT ON COLUMN complaint.recorded_at IS 'When it was written down';
COMMENT ON COLUMN complaint.state IS 'Where it is';
COMMENT ON COLUMN complaint.handler IS 'Staff number of whoever handles it';
COMMENT ON COLUMN complaint.first_handler IS 'Who handled it before the re-examination';
COMMENT ON COLUMN complaint.interested IS 'Staff numbers of those who have an interest in the matter (CMP 17)';
COMMENT ON COLUMN complaint.round IS '2 from the re-examination on';
COMMENT ON COLUMN complaint.run IS 'Counts up when it is opened again: earlier times no longer count';
COMMENT ON COLUMN complaint.product IS 'Confirmed class: product';
COMMENT ON COLUMN complaint.issue IS 'Confirmed class: issue';
COMMENT ON COLUMN complaint.severity IS 'Confirmed severity; major also by law (CMP 29)';
COMMENT ON COLUMN complaint.causes IS 'Codes of the root causes';
COMMENT ON COLUMN complaint.refusal IS 'The lawful reason for which it was refused';
COMMENT ON COLUMN complaint.joined_to IS 'The complaint in which this one goes on';
COMMENT ON COLUMN complaint.satisfied IS 'What the complainant said when asked (row C4)';
COMMENT ON COLUMN complaint.likeness IS 'Hash of who complained in which words, by which the same complaint is found again';
COMMENT ON COLUMN complaint.closed_at IS 'When it ended';
COMMENT ON COLUMN complaint.version IS 'Number of changes, so that nobody overwrites another''s work';
CREATE UNIQUE INDEX complaint_same ON complaint (likeness)
    WHERE likeness IS NOT NULL AND state IN ('received', 'accepted', 'awaiting', 'decided');
CREATE INDEX complaint_holder ON complaint (holder_id, received_at) WHERE holder_id IS NOT NULL;
CREATE INDEX complaint_open ON complaint (received_at, id)
    WHERE state IN ('received', 'accepted', 'awaiting', 'decided');
CREATE INDEX complaint_handler ON complaint (handler, received_at) WHERE closed_at IS NULL;
CREATE INDEX complaint_received ON complaint (received_at);
CREATE INDEX complaint_joined ON complaint (joined_to) WHERE joined_to IS NOT NULL;

CREATE TABLE complaint_arrival (
    complaint text        NOT NULL REFERENCES complaint,
    run       smallint    NOT NULL,
    door      text        NOT NULL,
    at        timestamptz NOT NULL,
    reference text        NOT NULL DEFAULT '',
    PRIMARY KEY (complaint, run, door, at)
);
COMMENT ON TABLE complaint_arrival IS 'Each time that a complaint reached the bank; one that others were joined to has several';
COMMENT ON COLUMN complaint_arrival.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_arrival.run IS 'Of which run';
COMMENT ON COLUMN complaint_arrival.door IS 'By which door';
COMMENT ON COLUMN complaint_arrival.at IS 'When';
COMMENT ON COLUMN complaint_arrival.reference IS 'The number under which somebody outside handed it on';

CREATE TABLE complaint_mark (
    complaint text        NOT NULL REFERENCES complaint,
    run       smallint    NOT NULL,
    mark      text        NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (complaint, run, mark)
);
COMMENT ON TABLE complaint_mark IS 'What has happened to a complaint, each thing once a run; clocks begin and end with these';
COMMENT ON COLUMN complaint_mark.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_mark.run IS 'Of which run';
COMMENT ON COLUMN complaint_mark.mark IS 'received, acknowledged, accepted, answered …';
COMMENT ON COLUMN complaint_mark.at IS 'When';

CREATE TABLE complaint_fact (
    id        text        PRIMARY KEY,
    complaint text        NOT NULL REFERENCES complaint,
    run       smallint    NOT NULL,
    text      text        NOT NULL,
    files     text[]      NOT NULL DEFAULT '{}',
    restarts  boolean     NOT NULL,
    by        text        NOT NULL,
    at        timestamptz NOT NULL
);
COMMENT ON TABLE complaint_fact IS 'What the complainant brought later; new facts begin the time anew (CMP 18)';
COMMENT ON COLUMN complaint_fact.id IS 'Identifier';
COMMENT ON COLUMN complaint_fact.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_fact.run IS 'Of which run';
COMMENT ON COLUMN complaint_fact.text IS 'What they said, secrets masked';
COMMENT ON COLUMN complaint_fact.files IS 'Ids of the evidence attached';
COMMENT ON COLUMN complaint_fact.restarts IS 'Whether the facts are new; the same said again restarts nothing';
COMMENT ON COLUMN complaint_fact.by IS 'Who wrote it down, as the journal names them';
COMMENT ON COLUMN complaint_fact.at IS 'When';
CREATE INDEX complaint_fact_of ON complaint_fact (complaint, run, at);

CREATE TABLE complaint_pause (
    id        text        PRIMARY KEY,
    complaint text        NOT NULL REFERENCES complaint,
    run       smallint    NOT NULL,
    ground    text        NOT NULL CHECK (ground IN ('appraisal', 'mediation')),
    why       text        NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz CHECK (until > since),
    by        text        NOT NULL
);
COMMENT ON TABLE complaint_pause IS 'Times in which something outside was waited for (CMP 18, 23)';
COMMENT ON COLUMN complaint_pause.id IS 'Identifier';
COMMENT ON COLUMN complaint_pause.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_pause.run IS 'Of which run';
COMMENT ON COLUMN complaint_pause.ground IS 'What is waited for';
COMMENT ON COLUMN complaint_pause.why IS 'In words, secrets masked';
COMMENT ON COLUMN complaint_pause.since IS 'From then on';
COMMENT ON COLUMN complaint_pause.until IS 'Until then; null while it goes on';
COMMENT ON COLUMN complaint_pause.by IS 'Staff number of who said so';
CREATE UNIQUE INDEX complaint_pause_one ON complaint_pause (complaint, ground) WHERE until IS NULL;
CREATE INDEX complaint_pause_of ON complaint_pause (complaint, run);

CREATE TABLE complaint_extension (
    id             text        PRIMARY KEY,
    complaint      text        NOT NULL REFERENCES complaint,
    run            smallint    NOT NULL,
    grade          text        NOT NULL,
    ground         text        NOT NULL,
    why            text        NOT NULL,
    asked_by       text        NOT NULL,
    asked_at       timestamptz NOT NULL,
    approved_by    text,
    approved_at    timestamptz,
    turned_down_at timestamptz,
    told_at        timestamptz,
    CHECK (approved_at IS NULL OR turned_down_at IS NULL),
    CHECK (approved_by <> asked_by)
);
COMMENT ON TABLE complaint_extension IS 'Longer times that were asked for; each counts once it has all that the pack wants of it';
COMMENT ON COLUMN complaint_extension.id IS 'Identifier';
COMMENT ON COLUMN complaint_extension.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_extension.run IS 'Of which run';
COMMENT ON COLUMN complaint_extension.grade IS 'Which grade, a word of the pack';
COMMENT ON COLUMN complaint_extension.ground IS 'On which ground, a word of the pack';
COMMENT ON COLUMN complaint_extension.why IS 'In words, secrets masked';
COMMENT ON COLUMN complaint_extension.asked_by IS 'Staff number';
COMMENT ON COLUMN complaint_extension.asked_at IS 'When';
COMMENT ON COLUMN complaint_extension.approved_by IS 'Staff number of who approved or turned down';
COMMENT ON COLUMN complaint_extension.approved_at IS 'When it was approved';
COMMENT ON COLUMN complaint_extension.turned_down_at IS 'When it was turned down';
COMMENT ON COLUMN complaint_extension.told_at IS 'When the complainant was told, with proof';
CREATE INDEX complaint_extension_of ON complaint_extension (complaint, run);
CREATE INDEX complaint_extension_open ON complaint_extension (asked_at)
    WHERE approved_at IS NULL AND turned_down_at IS NULL;

CREATE TABLE complaint_decision (
    complaint    text        NOT NULL REFERENCES complaint,
    run          smallint    NOT NULL,
    round        smallint    NOT NULL,
    outcome      text        NOT NULL CHECK (outcome IN ('upheld', 'partly-upheld', 'not-upheld')),
    findings     text        NOT NULL CHECK (findings <> ''),
    basis        text        NOT NULL CHECK (basis <> ''),
    reasons      text        NOT NULL CHECK (reasons <> ''),
    bank_erred   boolean,
    compensation bigint      NOT NULL CHECK (compensation >= 0),
    needs_second boolean     NOT NULL,
    by           text        NOT NULL,
    at           timestamptz NOT NULL,
    approved_by  text,
    approved_at  timestamptz,
    PRIMARY KEY (complaint, run, round),
    CHECK (approved_by <> by)
);
COMMENT ON TABLE complaint_decision IS 'What was decided, one a round and run';
COMMENT ON COLUMN complaint_decision.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_decision.run IS 'Of which run';
COMMENT ON COLUMN complaint_decision.round IS '1, or 2 for the re-examination';
COMMENT ON COLUMN complaint_decision.outcome IS 'What was decided';
COMMENT ON COLUMN complaint_decision.findings IS 'What was found';
COMMENT ON COLUMN complaint_decision.basis IS 'Law, contract or rule on which it rests';
COMMENT ON COLUMN complaint_decision.reasons IS 'Why';
COMMENT ON COLUMN complaint_decision.bank_erred IS 'Credit records: whether the fault was the bank''s (CRR 25)';
COMMENT ON COLUMN complaint_decision.compensation IS 'All that is paid, minor units';
COMMENT ON COLUMN complaint_decision.needs_second IS 'Whether a second person must agree';
COMMENT ON COLUMN complaint_decision.by IS 'Staff number of who decided';
COMMENT ON COLUMN complaint_decision.at IS 'When';
COMMENT ON COLUMN complaint_decision.approved_by IS 'Staff number of the second person';
COMMENT ON COLUMN complaint_decision.approved_at IS 'When they agreed';

CREATE TABLE complaint_remedy (
    id         text        PRIMARY KEY,
    complaint  text        NOT NULL REFERENCES complaint,
    run        smallint    NOT NULL,
    round      smallint    NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('apology', 'compensation', 'correction', 'setting-changed', 'staff-measure')),
    detail     text        NOT NULL DEFAULT '',
    amount     bigint      CHECK (amount > 0),
    account_id text,
    ordered_at timestamptz,
    done_at    timestamptz,
    done_by    text,
    posting    text,
    CHECK ((kind = 'compensation') = (amount IS NOT NULL)),
    CHECK ((kind = 'compensation') = (account_id IS NOT NULL)),
    CHECK (kind <> 'compensation' OR (posting IS NULL) = (done_at IS NULL))
);
COMMENT ON TABLE complaint_remedy IS 'What the bank does about it (row C3)';
COMMENT ON COLUMN complaint_remedy.id IS 'Identifier; for compensation part of the key under which it is posted once';
COMMENT ON COLUMN complaint_remedy.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_remedy.run IS 'Of which run';
COMMENT ON COLUMN complaint_remedy.round IS 'Of which round';
COMMENT ON COLUMN complaint_remedy.kind IS 'What is done';
COMMENT ON COLUMN complaint_remedy.detail IS 'In words';
COMMENT ON COLUMN complaint_remedy.amount IS 'What is paid, minor units';
COMMENT ON COLUMN complaint_remedy.account_id IS 'To which account';
COMMENT ON COLUMN complaint_remedy.ordered_at IS 'When it may be carried out: the decision stands';
COMMENT ON COLUMN complaint_remedy.done_at IS 'When it was';
COMMENT ON COLUMN complaint_remedy.done_by IS 'By whom, as the journal names them';
COMMENT ON COLUMN complaint_remedy.posting IS 'The posting at the card system';
CREATE INDEX complaint_remedy_of ON complaint_remedy (complaint);
CREATE INDEX complaint_remedy_to_pay ON complaint_remedy (ordered_at)
    WHERE kind = 'compensation' AND ordered_at IS NOT NULL AND done_at IS NULL;

CREATE TABLE complaint_notice (
    id         text        PRIMARY KEY,
    complaint  text        NOT NULL REFERENCES complaint,
    run        smallint    NOT NULL,
    about      text        NOT NULL CHECK (about IN ('acknowledgement', 'acceptance', 'refusal', 'extension', 'answer', 'reexamination')),
    channel    text        NOT NULL,
    contents   text[]      NOT NULL DEFAULT '{}',
    text       text        NOT NULL,
    extension  text        REFERENCES complaint_extension,
    by         text        NOT NULL,
    at         timestamptz NOT NULL,
    carried_by text,
    proof      text,
    proven_at  timestamptz,
    CHECK ((proof IS NULL) = (proven_at IS NULL))
);
COMMENT ON TABLE complaint_notice IS 'What the complainant was told; it counts once there is proof (CMP 21)';
COMMENT ON COLUMN complaint_notice.id IS 'Identifier';
COMMENT ON COLUMN complaint_notice.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_notice.run IS 'Of which run';
COMMENT ON COLUMN complaint_notice.about IS 'What it says';
COMMENT ON COLUMN complaint_notice.channel IS 'By which way';
COMMENT ON COLUMN complaint_notice.contents IS 'Which required contents it holds (CMP 19)';
COMMENT ON COLUMN complaint_notice.text IS 'Its words';
COMMENT ON COLUMN complaint_notice.extension IS 'The extension that it tells of';
COMMENT ON COLUMN complaint_notice.by IS 'Who gave it, as the journal names them';
COMMENT ON COLUMN complaint_notice.at IS 'When it was handed to the channel';
COMMENT ON COLUMN complaint_notice.carried_by IS 'Id of the message that carries it, of which the proof will come';
COMMENT ON COLUMN complaint_notice.proof IS 'What shows it: id of message or call, number of a receipt';
COMMENT ON COLUMN complaint_notice.proven_at IS 'Since when it counts';
CREATE INDEX complaint_notice_of ON complaint_notice (complaint, at);
CREATE UNIQUE INDEX complaint_notice_carried ON complaint_notice (carried_by)
    WHERE carried_by IS NOT NULL AND proven_at IS NULL;

CREATE TABLE complaint_task (
    id         text        PRIMARY KEY,
    complaint  text        NOT NULL REFERENCES complaint,
    department text        NOT NULL CHECK (department <> ''),
    what       text        NOT NULL CHECK (what <> ''),
    due_at     timestamptz NOT NULL,
    opened_by  text        NOT NULL,
    opened_at  timestamptz NOT NULL,
    done_at    timestamptz,
    done_by    text,
    result     text        NOT NULL DEFAULT '',
    CHECK ((done_at IS NULL) = (done_by IS NULL))
);
COMMENT ON TABLE complaint_task IS 'What a department must find out or do';
COMMENT ON COLUMN complaint_task.id IS 'Identifier';
COMMENT ON COLUMN complaint_task.complaint IS 'The complaint';
COMMENT ON COLUMN complaint_task.department IS 'Who is asked';
COMMENT ON COLUMN complaint_task.what IS 'What is asked, secrets masked';
COMMENT ON COLUMN complaint_task.due_at IS 'By when';
COMMENT ON COLUMN complaint_task.opened_by IS 'Staff number';
COMMENT ON COLUMN complaint_task.opened_at IS 'When it was asked';
COMMENT ON COLUMN complaint_task.done_at IS 'When it was answered';
COMMENT ON COLUMN complaint_task.done_by IS 'Staff number of who wrote the answer down';
COMMENT ON COLUMN complaint_task.result IS 'What came of it';
CREATE INDEX complaint_task_of ON complaint_task (complaint, opened_at);

CREATE TABLE complaint_due (
    id           text        PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('clock', 'task', 'case', 'corrective', 'follow-up')),
    about        text        NOT NULL,
    what         text        NOT NULL,
    began_at     timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    last_day     date        NOT NULL,
    known        boolean     NOT NULL DEFAULT true,
    stopped      boolean     NOT NULL DEFAULT false,
    met_at       timestamptz,
    warned_at    timestamptz,
    escalated_at timestamptz,
    escalations  integer     NOT NULL DEFAULT 0,
    next_at      timestamptz
);
COMMENT ON TABLE complaint_due IS 'What is due by when: one row for each thing that somebody must not forget; the sweeper lives on it';
COMMENT ON COLUMN complaint_due.id IS 'What it is: complaint/run/clock, task/ID, case/ID, corrective/ID, follow-up/complaint/run';
COMMENT ON COLUMN complaint_due.kind IS 'What is due';
COMMENT ON COLUMN complaint_due.about IS 'Id of the complaint, the case of the desk, or the corrective action';
COMMENT ON COLUMN complaint_due.what IS 'The clock, or the task';
COMMENT ON COLUMN complaint_due.began_at IS 'From when it was counted';
COMMENT ON COLUMN complaint_due.due_at IS 'In time is before that';
COMMENT ON COLUMN complaint_due.last_day IS 'The last day in time, as it is said to people';
COMMENT ON COLUMN complaint_due.known IS 'False where the calendar ends before; reckoned again';
COMMENT ON COLUMN complaint_due.stopped IS 'It stands still: nobody is warned';
COMMENT ON COLUMN complaint_due.met_at IS 'When it was done';
COMMENT ON COLUMN complaint_due.warned_at IS 'When somebody was warned';
COMMENT ON COLUMN complaint_due.escalated_at IS 'When it was escalated last';
COMMENT ON COLUMN complaint_due.escalations IS 'How often it was escalated';
COMMENT ON COLUMN complaint_due.next_at IS 'When the sweeper acts on it next; null: never';
CREATE INDEX complaint_due_next ON complaint_due (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX complaint_due_about ON complaint_due (about);
CREATE INDEX complaint_due_open ON complaint_due (due_at) WHERE met_at IS NULL;
CREATE INDEX complaint_due_cases ON complaint_due (about) WHERE kind = 'case' AND met_at IS NULL;
CREATE INDEX complaint_due_unknown ON complaint_due (about) WHERE NOT known AND met_at IS NULL;

CREATE TABLE complaint_corrective (
    id        text        PRIMARY KEY,
    cause     text        NOT NULL,
    what      text        NOT NULL CHECK (what <> ''),
    owner     text        NOT NULL,
    due_on    date        NOT NULL,
    opened_by text        NOT NULL,
    opened_at timestamptz NOT NULL,
    done_on   date,
    result    text        NOT NULL DEFAULT '',
    CHECK (done_on IS NOT NULL OR result = '')
);
COMMENT ON TABLE complaint_corrective IS 'What is done so that a cause goes away, by whom and by when (row C5)';
COMMENT ON COLUMN complaint_corrective.id IS 'Identifier';
COMMENT ON COLUMN complaint_corrective.cause IS 'Code of the root cause';
COMMENT ON COLUMN complaint_corrective.what IS 'What is done';
COMMENT ON COLUMN complaint_corrective.owner IS 'Staff number of who answers for it';
COMMENT ON COLUMN complaint_corrective.due_on IS 'The last day on which it is in time';
COMMENT ON COLUMN complaint_corrective.opened_by IS 'Staff number';
COMMENT ON COLUMN complaint_corrective.opened_at IS 'When it was decided';
COMMENT ON COLUMN complaint_corrective.done_on IS 'The day from which its effect is measured';
COMMENT ON COLUMN complaint_corrective.result IS 'What was done';
CREATE INDEX complaint_corrective_cause ON complaint_corrective (cause);
