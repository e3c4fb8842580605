"""Asking for packs: a look like any other, with who and why in the journal (rows F2, F4)."""

from datetime import datetime
from typing import Literal

from cardline.cards.model import Holder, Language
from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId, new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.evidence.looks.actions import record_look
from cardline.evidence.packs.making import Order
from cardline.evidence.packs.model import Asker, Audience, PackId, Subject
from cardline.evidence.policy import EvidencePolicy

_LONGEST_REASON = 400


def all_of(
    holder: Holder, *, audience: Audience, policy: EvidencePolicy, language: Language | None = None
) -> Subject:
    """Return the subject of a pack about all of a holder's."""
    return Subject(
        holder.id,
        language or holder.language,
        audience,
        policy.pack_interactions,
        numbers=frozenset({holder.phone}),
    )


async def take_order(
    tx: Transaction, subject: Subject, *, by: Actor, role: Asker, reason: str, at: datetime
) -> Order:
    """Write down who asks for a pack and why; the holder sees it among the looks (row F4).

    Raises ``Invalid`` without a reason.
    """
    reason = " ".join(reason.split())[:_LONGEST_REASON]
    if not reason:
        raise Invalid("say why this pack is needed: it is journaled, and the holder sees it")
    order = Order(PackId(new_id("ep")), subject, str(by), reason)
    body: JsonObject = {
        "pack": order.id,
        "role": role,
        "reason": reason,
        "audience": subject.audience,
        "complaint": subject.complaint or None,
        "holder": subject.holder,
    }
    await show_holder(
        tx, "pack", order.id, holder=subject.holder, by=by, role=role, reason=reason, at=at
    )
    for stream in _streams(subject):
        await journal(tx, stream=stream, kind="evidence.packed", by=by, body=body, at=at)
    return order


async def show_holder(
    tx: Transaction,
    what: Literal["pack", "pack-file"],
    pack: PackId,
    *,
    holder: HolderId | None,
    by: Actor,
    role: Asker,
    reason: str,
    at: datetime,
) -> None:
    """Let the holder see that somebody else asked for a pack of theirs, or fetched it."""
    if role == "holder":
        return
    await record_look(
        tx,
        who=by,
        role=role,
        what=what,
        holder=holder,
        reason=reason,
        subject=pack,
        at=at,
    )


def _streams(subject: Subject) -> tuple[str, ...]:
    """Where the look stands: with the conversations, the complaint, or the holder."""
    if subject.complaint:
        return (f"complaint:{subject.complaint}", *(subject.interactions or ()))
    return subject.interactions or (f"holder:{subject.holder}",)
