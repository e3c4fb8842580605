"""Proofs of what the bank sends and calls, and checking a contact against them (rows E1, E2)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.trust import rules, store
from cardline.trust.model import (
    Asker,
    ByHolder,
    ByNumber,
    Checked,
    Claim,
    Finding,
    Official,
    OfficialKind,
    Proof,
    ProofChannel,
    ProofId,
    StaffShown,
    Stranger,
    TrustConfig,
)
from cardline.trust.words import code_words

_MOST = 500
"""Contacts of one person that are looked through, the newest first."""


def call_key(call: str, leg: str = "") -> str:
    """Return the key of the proof of a call that we place, or of a leg that we dial for one."""
    return f"call/{call}/{leg}" if leg else f"call/{call}"


async def leave_proof(
    tx: Transaction,
    *,
    key: str,
    channel: ProofChannel,
    to: str,
    holder: HolderId | None,
    purpose: str,
    shown_number: str,
    staff: StaffShown | None,
    at: datetime,
    text: str = "",
    solicited: bool = False,
    stream: str | None = None,
    journaled: bool = True,
) -> Proof:
    """Leave the proof of a contact, in the transaction of the contact itself (row E1).

    ``key`` names the contact: the same key leaves one proof and gives it back. ``shown_number`` is
    the number or the sender that is displayed. ``text`` is what is written, its secrets masked.
    ``stream`` is the journal stream of the contact; without one the proof has a stream of its own.
    ``journaled=False``: the entry of the contact itself names the proof.
    """
    proof = Proof(
        id=ProofId(new_id("pr-")),
        key=key,
        channel=channel,
        to=to,
        holder=holder,
        purpose=purpose,
        shown=shown_number,
        staff=staff,
        code=rules.make_code(len(code_words()), below=secrets.randbelow),
        at=at,
        text=text,
        solicited=solicited,
    )
    if not await store.add_proof(tx, proof):
        known = await store.proof_by_key(tx, key)
        assert known is not None
        return known
    if not journaled:
        return proof
    # The words are no entry: whoever reads the journal of a call must not be able to say them.
    body: JsonObject = {"proof": proof.id, "channel": channel, "to": mask_phone(to)}
    body |= {"holder": holder, "purpose": purpose, "shown": shown_number}
    body |= {"staff": staff.number if staff else None}
    await journal(
        tx, stream=stream or proof.id, kind="trust.proof-left", by=SYSTEM, body=body, at=at
    )
    return proof


async def contact_answered(
    tx: Transaction, *, key: str, at: datetime, staff: StaffShown | None = None
) -> None:
    """A call that left a proof was answered; ``staff``: who speaks, where it is known only now.

    Harmless twice, and for a call without a proof.
    """
    await store.call_answered(tx, key, staff=staff, at=at)


async def contact_ended(tx: Transaction, *, key: str, at: datetime) -> None:
    """A call that left a proof is over. Harmless twice, and for a call without a proof."""
    await store.call_ended(tx, key, at=at)


async def take_back(tx: Transaction, *, key: str, at: datetime) -> None:
    """A contact was not made after all: its proof proves nothing. Harmless without a proof."""
    await store.undo(tx, key, at=at)


async def proof_of(tx: Transaction, *, key: str) -> Proof | None:
    """Return the proof that a contact has left."""
    return await store.proof_by_key(tx, key)


async def check_contact(
    tx: Transaction,
    claim: Claim,
    asker: Asker,
    *,
    config: TrustConfig,
    at: datetime,
    stream: str | None = None,
    by: Actor = SYSTEM,
) -> Checked:
    """Answer whether a call or message was ours. Never yes to a stranger without its code.

    ``stream``: where the question is journaled. A stranger's is not: anybody may ask, and nothing
    is to be learnt from who did.
    """
    code = rules.read_code(claim.code, code_words())
    policy = config.policy
    if isinstance(asker, Stranger):
        since = at - policy.code_lasts
        proofs = await store.proofs_with_code(tx, code, since=since) if code else []
    else:
        since = at - policy.told_back - policy.longest_call
        proofs = await _proofs_of(tx, asker, since=since)
    checked = rules.check(
        claim, asker, proofs, await registry(tx, config=config), policy, code=code, now=at
    )
    if stream is not None:
        found = checked.finding
        body: JsonObject = {"answer": found.answer, "reasons": list(found.codes)}
        body |= {"proof": checked.proof.id if checked.proof else None}
        await journal(tx, stream=stream, kind="trust.checked", by=by, body=body, at=at)
    return checked


async def journal_told(
    tx: Transaction, told: Sequence[Proof], *, stream: str, by: Actor, at: datetime
) -> None:
    """Journal that somebody asked what we sent, and what they were told."""
    body: JsonObject = {"told": [one.id for one in told]}
    await journal(tx, stream=stream, kind="trust.contacts-told", by=by, body=body, at=at)


async def check_official(
    tx: Transaction, kind: OfficialKind, value: str, *, config: TrustConfig, at: datetime
) -> Finding:
    """Answer whether a number, sender, domain or campaign is ours (row E2)."""
    known = await registry(tx, config=config)
    return rules.is_ours(kind, value, known, config.policy, at=at)


async def contacts_of(
    tx: Transaction, asker: ByNumber | ByHolder, *, since: datetime
) -> list[Proof]:
    """Return what went to somebody, newest first; answers to their own questions are left out."""
    return [one for one in await _proofs_of(tx, asker, since=since) if not one.solicited]


async def live_call(
    tx: Transaction, asker: ByNumber | ByHolder, *, config: TrustConfig, at: datetime
) -> Proof | None:
    """Return the call of ours in which somebody is now, if there is one."""
    since = at - config.policy.longest_call
    found = await _proofs_of(tx, asker, since=since)
    return next((one for one in found if rules.is_live(one, config.policy, now=at)), None)


async def registry(tx: Transaction, *, config: TrustConfig) -> list[Official]:
    """Return what is ours: by the settings, and by the bank's own entries, ended ones too."""
    return [*config.own, *await store.officials(tx)]


async def running(tx: Transaction, *, config: TrustConfig, at: datetime) -> list[Official]:
    """Return the registry as it is in force at a time, for a page."""
    return [
        one
        for one in await registry(tx, config=config)
        if one.since <= at and (one.until is None or at < one.until)
    ]


async def _proofs_of(
    tx: Transaction, asker: ByNumber | ByHolder, *, since: datetime
) -> list[Proof]:
    found = await store.proofs_for(
        tx, number=asker.number, holder=asker.holder, since=since, limit=_MOST
    )
    return [one for one in found if rules.went_to(one, asker)]
