"""Listening to a recording: who may, and that it is written down (rows F1, F4)."""

from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import CardlineError, NotFound
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.interactions import claim_store, store
from cardline.desk.interactions.claims import party_only
from cardline.desk.interactions.model import Interaction, Recording
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal, read_kinds
from cardline.evidence.looks.model import ListenPolicy
from cardline.evidence.looks.rules import may_listen
from cardline.evidence.sealing.model import Erased

_LISTENED = "recording.listened"


class ListenRefused(CardlineError):
    """Somebody may not listen to a recording; ``code`` is the first reason."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"you may not listen to this recording: {', '.join(verdict.codes)}")
        self.code = verdict.codes[0]
        self.verdict = verdict


async def listen(
    tx: Transaction,
    interaction: str,
    *,
    by: Staff,
    reason: str,
    policy: ListenPolicy,
    goes_on: bool = False,
    at: datetime,
) -> Recording:
    """Judge whether somebody may listen, and journal it with the reason; return the recording.

    ``goes_on``: a further part of what is being listened to, which is journaled once for a stay.
    Raises ``NotFound`` where there is no recording, none yet, or an agent takes no part;
    :class:`ListenRefused` with the reasons; ``Erased``.
    """
    found = await party_only(tx, interaction, by)
    recording = await store.recording_of(tx, found.id)
    if recording is None:
        raise NotFound("there is no recording of this interaction, or not yet")
    verdict = may_listen(
        by.role,
        took_part=await _took_part(tx, found, by),
        ended_at=found.closed_at,
        reason=reason,
        policy=policy,
        now=at,
    )
    if not verdict.allowed:
        raise ListenRefused(verdict)
    if recording.erased_at is not None:
        raise Erased("this recording was erased by the rules of retention")
    if not (goes_on and await _listens(tx, found, by, policy, at)):
        told = mask_secrets(reason.strip()).text
        body: JsonObject = {"reason": told, "role": by.role, "holder": found.holder_id}
        await journal(tx, stream=found.id, kind=_LISTENED, by=by.actor, body=body, at=at)
    return recording


async def take_out(
    tx: Transaction, interaction: str, *, by: Actor, reason: str, at: datetime
) -> Recording:
    """Return a recording that the operator, or a pack, takes out of the house; journaled.

    Raises ``NotFound`` and ``Erased``.
    """
    found = await store.by_id(tx, interaction)
    recording = await store.recording_of(tx, found.id) if found else None
    if found is None or recording is None:
        raise NotFound("there is no recording of this interaction, or not yet")
    if recording.erased_at is not None:
        raise Erased("this recording was erased by the rules of retention")
    body: JsonObject = {"reason": mask_secrets(reason.strip()).text, "holder": found.holder_id}
    await journal(tx, stream=found.id, kind=_LISTENED, by=by, body=body, at=at)
    return recording


async def _took_part(tx: Transaction, found: Interaction, by: Staff) -> bool:
    if by.agent_id is None or by.role != "agent":
        return False
    return await claim_store.served(tx, found.id, by.agent_id)


async def _listens(
    tx: Transaction, found: Interaction, by: Staff, policy: ListenPolicy, at: datetime
) -> bool:
    return any(
        entry.by == str(by.actor) and at < entry.at + policy.one_stay
        for entry in await read_kinds(tx, [found.id], [_LISTENED])
    )
