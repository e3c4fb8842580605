"""Holds from other phones: limited per calling number, told to the holder, open to objection."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardline.core.actor import Actor
from cardline.core.ids import CardId, HolderId, new_id
from cardline.core.masking import Secret, mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.identity import code_store, store
from cardline.identity.code_store import Code
from cardline.identity.codes import random_digits
from cardline.identity.config import IdentityConfig
from cardline.identity.model import CodePurpose, Factor, Proofs, Subject
from cardline.identity.rules import hold_is_limited, may_hold
from cardline.identity.tries import Tries, holder_key
from cardline.messages.actions import send_sms
from cardline.messages.model import Queued

_LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class HoldWord:
    """The hold that a reply names by its word."""

    code_id: str
    card: CardId
    stream: str
    """The interaction in which the card was held."""
    until: datetime


@dataclass(frozen=True, slots=True)
class HoldObjection:
    """The holder answered that a hold was not asked for by them."""

    caller: str
    """The number from which it was asked for, masked; empty where it was withheld."""
    stream: str
    held_at: datetime
    objected_at: datetime


async def objections_of(
    tx: Transaction, *, holder: HolderId, limit: int = 5
) -> list[HoldObjection]:
    """Return the newest objections of a holder to holds, for whoever serves them."""
    return [
        HoldObjection(
            "" if caller.startswith("withheld:") else mask_phone(caller), stream, held, objected
        )
        for caller, stream, held, objected in await store.objections_of(
            tx, holder=holder, limit=limit
        )
    ]


async def reserve_hold(
    tx: Transaction,
    *,
    subject: Subject,
    proofs: Proofs,
    caller: PhoneNumber | None,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Ask whether this calling number may hold one more card, and count the hold if so (row B6).

    To be called beside ``decide(act=HOLD)`` and before ``cards.actions.hold``, in one
    transaction. A refusal means: to a person, who may hold on plausible proof; never: no.
    """
    number = str(caller) if caller else f"withheld:{subject.id}"
    await store.lock_holds(tx, caller=number)
    record = await store.hold_record(tx, caller=number, holder=subject.id, since=at - _LONGEST)
    verdict = may_hold(record, proofs, policy=config.policy, now=at)
    if verdict.allowed:
        limited = hold_is_limited(proofs, policy=config.policy, now=at)
        await store.add_hold(
            tx, caller=number, holder=subject.id, stream=stream, limited=limited, at=at
        )
    body: JsonObject = {"holder": subject.id, "caller": mask_phone(caller) if caller else None}
    await journal(
        tx, stream=stream, kind="identity.hold-judged", by=by, body=body, at=at, verdict=verdict
    )
    return verdict


async def announce_hold(
    tx: Transaction,
    *,
    subject: Subject,
    card: CardId,
    card_tail: str,
    until: datetime,
    caller: PhoneNumber | None,
    config: IdentityConfig,
    stream: str,
    at: datetime,
) -> Queued | None:
    """Tell the registered phone of a hold, with the word that makes it final or objects to it.

    ``None`` where there is no registered phone, or where it was told of this very hold already.
    """
    if subject.phone is None:
        return None
    holder, purpose = subject.id, CodePurpose.HOLD
    await code_store.lock_codes(tx, holder=holder)
    words = await code_store.usable_codes(tx, holder=holder, purpose=purpose, at=at)
    if any((one.about, one.stream, one.expires_at) == (card, stream, until) for one in words):
        return None
    await code_store.void_codes(tx, holder=holder, purpose=purpose, about=card, at=at)
    word = _new_word([one for one in words if one.about != card], subject, config)
    code_id = new_id("code-")
    await code_store.add_code(
        tx,
        code_id=code_id,
        holder=subject.id,
        purpose=CodePurpose.HOLD,
        about=card,
        digest=config.vault.code_digest(
            purpose=CodePurpose.HOLD, holder=subject.id, code_id=code_id, code=word
        ),
        caller=caller,
        stream=stream,
        at=at,
        expires_at=until,
    )
    return await send_sms(
        tx,
        config=config.sms,
        holder=subject.id,
        to=subject.phone,
        template="card_held",
        values={"tail": card_tail, "until": until, "code": word.reveal()},
        language=subject.language,
        zone=subject.zone,
        key=code_id,
        stream=stream,
        at=at,
        lapses_at=until,
    )


async def check_hold_word(
    tx: Transaction,
    *,
    subject: Subject,
    word: Secret,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> HoldWord | None:
    """Find the hold that a reply from the registered number names; wrong words are counted.

    The word binds the reply to one hold. It opens nothing: final makes safer, and an objection
    lifts nothing.
    """
    tries = Tries(
        key=holder_key(subject, None, stream),
        factor=Factor.ONE_TIME_CODE,
        most=config.policy.lockout_tries,
        policy=config.policy,
        subject=subject,
        caller=subject.phone,
        stream=stream,
        by=by,
        at=at,
        zone=subject.zone,
        apart="hold",
    )
    await code_store.lock_codes(tx, holder=subject.id)
    if await tries.locked(tx) is not None:
        return None
    found = None
    for one in await code_store.usable_codes(
        tx, holder=subject.id, purpose=CodePurpose.HOLD, at=at
    ):
        if _is_word(one, word, subject, config):
            found = HoldWord(one.id, CardId(one.about), one.stream, one.expires_at)
    await tries.close(tx, right=found is not None)
    return found


async def object_to_hold(
    tx: Transaction, *, subject: Subject, hold: HoldWord, stream: str, by: Actor, at: datetime
) -> None:
    """Write that the hold was not the holder's: that number goes through a person from now on.

    It lifts nothing. Whoever stole the phone can send this too; lifting takes the query password
    besides the phone, or a person (``release_hold`` in the policy).
    """
    await store.object_to_holds(tx, holder=subject.id, stream=hold.stream, at=at)
    body: JsonObject = {"holder": subject.id, "card": hold.card, "hold": hold.stream}
    await journal(tx, stream=stream, kind="identity.hold-objected", by=by, body=body, at=at)


def _is_word(one: Code, word: Secret, subject: Subject, config: IdentityConfig) -> bool:
    return config.vault.is_code(
        one.digest, purpose=CodePurpose.HOLD, holder=subject.id, code_id=one.id, code=word
    )


def _new_word(others: list[Code], subject: Subject, config: IdentityConfig) -> Secret:
    """Draw a word that names no other hold of this holder."""
    while True:
        word = random_digits(config.policy.hold_code_digits)
        if not any(_is_word(one, word, subject, config) for one in others):
            return word
