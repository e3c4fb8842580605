"""What was written and posted, and complaints: kinds of things that are kept for a time.

``interaction`` of these may be any stream, ``complaint:ID`` too: what was written in a complaint is
kept as long as the complaint.
"""

from cardline.evidence.retention.store.kind import Kind

LETTER_FILE = Kind(
    name="letter-file",
    cls="written_message",
    source="stored_file AS t JOIN letter AS o ON o.file = t.id",
    key="t.id",
    holder="o.holder",
    interaction="o.stream",
    began="coalesce(o.returned_at, o.posted_at, o.at)",
    near="t.stored_at",
    over="t.erased_at IS NULL",
    more={"path": "t.path", "sha256": "t.sha256"},
)
COMPLAINT_FILE = Kind(
    name="complaint-file",
    cls="complaint",
    source="stored_file AS t JOIN complaint AS c ON t.owner = 'complaint:' || c.id",
    key="t.id",
    holder="c.holder_id",
    interaction="t.owner",
    began="c.closed_at",
    near="t.stored_at",
    over="t.erased_at IS NULL",
    more={"path": "t.path", "sha256": "t.sha256"},
)
COMPLAINT = Kind(
    name="complaint",
    cls="complaint",
    source="complaint AS t",
    key="t.id",
    holder="t.holder_id",
    interaction="'complaint:' || t.id",
    began="t.closed_at",
    near="t.closed_at",
    over="t.erased_at IS NULL AND t.closed_at IS NOT NULL",
)
WRITTEN = (
    Kind(
        name="email-sent",
        cls="written_message",
        source="mail_outbox AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="coalesce(t.bounced_at, t.sent_at, t.at)",
        near="t.at",
        over="t.address <> '' AND t.state NOT IN ('queued', 'sending')",
        erase="UPDATE mail_outbox SET address = '', subject = '***', text = '***', sealed = NULL, "
        "attachments = '[]', gateway_id = NULL, fault = NULL, holder = NULL "
        "WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="email-returned",
        cls="written_message",
        source="mail_in AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="t.at",
        near="t.at",
        over="t.interaction IS NULL AND t.text <> '***'",
        erase="UPDATE mail_in SET sender = '', sender_name = '', message_id = '', subject = '***', "
        "text = '***', refused = '[]', holder = NULL WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="bad-address",
        cls="bad_address",
        source="mail_address AS t",
        key="t.address",
        holder="NULL::text",
        interaction="NULL::text",
        began="t.bad_since",
        near="t.bad_since",
        over="true",
        erase="DELETE FROM mail_address WHERE address = ANY(%(keys)s)",
    ),
    Kind(
        name="app-message-sent",
        cls="written_message",
        source="app_outbox AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="coalesce(t.sent_at, t.at)",
        near="t.at",
        over="t.address <> '' AND t.state NOT IN ('queued', 'sending')",
        erase="UPDATE app_outbox SET address = '', subject = '***', text = '***', sealed = NULL, "
        "fault = NULL, holder = NULL WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="letter-sent",
        cls="written_message",
        source="letter AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="coalesce(t.returned_at, t.posted_at, t.at)",
        near="t.at",
        over="t.address <> '' AND t.state NOT IN ('queued', 'sending')",
        erase="UPDATE letter SET address = '', content = '{}', "
        """addressee = '{"name": "***", "lines": []}', """
        "enclosures = '[]', missing = '[]', posting = NULL, fault = NULL, withdrawn_why = NULL, "
        "holder = NULL "
        "WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="letter-draft",
        cls="written_message",
        source="letter_draft AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="t.decided_at",
        near="t.written_at",
        over="t.text <> '***' AND t.state <> 'waiting'",
        erase="UPDATE letter_draft SET subject = '***', text = '***', "
        """addressee = '{"name": "***", "lines": []}', """
        "why = '', holder = NULL WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="complaint-form",
        cls="complaint_form",
        source="complaint_form AS t",
        key="t.key",
        holder="NULL::text",
        interaction="NULL::text",
        began="t.at",
        near="t.at",
        over="true",
        erase="DELETE FROM complaint_form WHERE key = ANY(%(keys)s)",
    ),
    Kind(
        name="pack-order",
        cls="look",
        source="evidence_pack AS t",
        key="t.id",
        holder="t.holder",
        interaction="CASE WHEN t.complaint <> '' THEN 'complaint:' || t.complaint END",
        began="coalesce(t.ends_at, t.asked_at)",
        near="t.asked_at",
        over="t.state IN ('gone', 'failed')",
        erase="DELETE FROM evidence_pack WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="task",
        cls="contact_history",
        source="desk_task AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="t.done_at",
        near="t.done_at",
        over="t.interaction IS NULL AND t.done_at IS NOT NULL AND t.what <> '***'",
        erase="UPDATE desk_task SET what = '***', result = '', holder = NULL "
        "WHERE id = ANY(%(keys)s)",
    ),
)
