"""The one gate through which every outward contact goes (row D1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Invalid
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.masking import mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.evidence.model import Entry
from cardline.evidence.rules import encode_verdict
from cardline.outreach.model import (
    Channel,
    Contact,
    ContactPolicy,
    ContactRecord,
    Outcome,
    Purpose,
    Recipient,
)
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.facts import facts_of, fingerprint
from cardline.outreach.rules.openings import LOOKED_BACK
from cardline.outreach.rules.registers import mark_of
from cardline.outreach.rules.replay import Decided, answer_of
from cardline.outreach.store import contacts as store

DECIDED = "outreach.decided"
"""The journal's word for a verdict of the gate with everything that it rested on."""

_PROTECTING = Purpose.SECURITY
_NUMBERED = frozenset({Channel.CALL, Channel.SMS})


async def pass_gate(
    tx: Transaction,
    contact: Contact,
    *,
    key: str,
    policy: ContactPolicy,
    at: datetime,
    zone: ZoneInfo | None = None,
) -> Verdict:
    """Judge a contact and, where it may be, take its place under the caps (row D1).

    Two transactions never both take the last place: it is taken under the lock of the holder and
    the number. Ask again with the same ``key`` at the moment of sending or dialling: that does not
    count the contact against itself, and gives the place back where it may no longer be. What was
    answered, and on what it rested, is kept with the contact and journaled; refusals too. Raises
    :class:`Invalid` for a call or a text without a number, and a contact to nobody.
    """
    zone = zone or home().zone
    nobody = contact.holder is None and not contact.address
    if contact.to is None and (contact.channel in _NUMBERED or nobody):
        raise Invalid("a contact needs a number, or somebody whom another channel reaches")
    if contact.purpose is not _PROTECTING and not contact.solicited:
        await store.lock(tx, holder=contact.holder, phone=contact.to)
    seen = await store.look(
        tx,
        contact,
        key=key,
        since=at - LOOKED_BACK,
        zone=zone,
        mark=mark_on_lists(contact.to, policy),
    )
    verdict = may_contact(contact, seen.recipient, policy, now=at)
    answer = answer_of(verdict)
    facts = facts_of(contact, seen.recipient, now=at)
    inputs = fingerprint(facts)
    await store.put(
        tx,
        contact,
        key=key,
        answer=answer,
        not_before=verdict.not_before,
        reasons=encode_verdict(verdict)["reasons"],
        rule=verdict.rule,
        inputs=inputs,
        at=at,
    )
    if seen.before != (answer, verdict.codes):
        body: JsonObject = {"key": key, "holder": contact.holder, "inputs": inputs, "facts": facts}
        body["to"] = mask_phone(contact.to) if contact.to else None
        await journal(
            tx,
            stream=f"contact:{key}",
            kind=DECIDED,
            by=SYSTEM,
            body=body,
            at=at,
            verdict=verdict,
            begins=seen.before is None,
        )
    return verdict


async def recipient_of(
    tx: Transaction,
    contact: Contact,
    *,
    key: str,
    policy: ContactPolicy,
    at: datetime,
    zone: ZoneInfo,
) -> Recipient:
    """Read what the gate would know of whom a contact is for; takes no place and writes nothing."""
    seen = await store.look(
        tx,
        contact,
        key=key,
        since=at - LOOKED_BACK,
        zone=zone,
        mark=mark_on_lists(contact.to, policy),
    )
    return seen.recipient


def mark_on_lists(number: PhoneNumber | None, policy: ContactPolicy) -> bytes | None:
    """Return the mark under which a number would stand on a public list."""
    return mark_of(number, key=policy.list_key) if number and policy.list_key else None


async def cancel_contact(tx: Transaction, *, key: str, at: datetime) -> None:
    """Give back the place of a contact that could not be made after all."""
    await store.cancel(tx, key=key, at=at)


async def tell_outcome(
    tx: Transaction, *, key: str, outcome: Outcome, by: Actor, at: datetime
) -> bool:
    """Write what became of a call that the gate let pass; the next ones are judged by it.

    Until it is told the call counts as answered and as unanswered. Said twice, the first word
    holds: returns false, and where there is no such call.
    """
    told = await store.set_outcome(tx, key=key, outcome=outcome)
    if told:
        body: JsonObject = {"key": key, "outcome": outcome}
        await journal(tx, stream=f"contact:{key}", kind="outreach.ended", by=by, body=body, at=at)
    return told


async def contacts_of(tx: Transaction, *, holder: HolderId, limit: int) -> list[ContactRecord]:
    """Return every contact about which the gate was asked, newest first, refused ones too (D5)."""
    return await store.records(tx, holder=holder, limit=limit)


def decided_in(entry: Entry) -> Decided | None:
    """Return the verdict that an entry of the journal tells; ``None`` for an entry of another kind.

    Facts that cannot be read come back as they are: who judges them again says so.
    """
    if entry.kind != DECIDED:
        return None
    facts = entry.body.get("facts")
    verdict = entry.verdict or {}
    return Decided(
        key=str(entry.body.get("key", "")),
        facts=facts if isinstance(facts, dict) else {},
        rule=str(verdict.get("rule", "")),
        codes=tuple(str(one.get("code")) for one in verdict.get("reasons", ())),
    )
