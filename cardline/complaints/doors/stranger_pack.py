"""The evidence pack of somebody without a log-in (row C6).

The code of a reference opens what was written. A pack holds more, such as a recording: for it they
name once more what they gave when they complained. What does not fit is counted like a wrong code,
and the page says the same whether the bank has such a thing or not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardline.cards.model import Language
from cardline.complaints import actions
from cardline.complaints.doors import store as door_store
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.model import ComplaintId
from cardline.complaints.packing import subject_of
from cardline.complaints.rules.opening import is_theirs
from cardline.complaints.rules.speaking import may_hear
from cardline.core.actor import Actor
from cardline.core.transaction import Transaction
from cardline.evidence.packs import ordering
from cardline.evidence.packs.model import PackId
from cardline.evidence.policy import EvidencePolicy

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Handed:
    """A pack that may be fetched now; else why not yet, a code of the texts."""

    fault: str = ""
    pack: PackId | None = None
    asked_at: datetime | None = None


async def pack_for(
    tx: Transaction,
    case_id: ComplaintId,
    given: str,
    *,
    config: DoorConfig,
    policy: EvidencePolicy,
    language: Language,
    at: datetime,
) -> Handed:
    """Hand over the pack of a complaint, or have it made; ``given``: what shows whose it is.

    Faults: ``not-theirs`` for what does not fit, for nobody's and for a proxy who has not shown
    that they may; ``pack-being-made``, ``pack-enough``. Journals as every pack does.
    """
    case = await actions.find(tx, case_id)
    await door_store.lock_key(tx, f"lookup:{case.id}")
    since = at - config.policy.lookup_within
    tries = await door_store.misses(tx, case.id, since=since)
    hears = may_hear(case, config.complaints.policy, now=at).allowed
    if tries >= config.policy.lookup_tries or not hears or not is_theirs(case, given):
        await door_store.add_miss(tx, case.id, forget=since, at=at)
        return Handed("not-theirs")
    by = Actor("caller", case.id)
    packs = await ordering.packs_asked_by(tx, by)
    for one in packs:
        if one.state == "ready" and one.ends_at is not None and one.ends_at > at:
            found = await ordering.fetch(tx, one.id, by=by, role="holder", at=at)
            return Handed("", PackId(found.id), found.asked_at)
    if any(one.state == "asked" for one in packs):
        return Handed("pack-being-made")
    if sum(one.asked_at > at - _DAY for one in packs) >= policy.packs_per_day:
        return Handed("pack-enough")
    subject = subject_of(
        case, None, audience="holder", most=policy.pack_interactions, language=language
    )
    reason = config.texts.say("one.pack-reason", language, reference=case.id)
    await ordering.ask(tx, subject, by=by, role="holder", reason=reason, at=at)
    return Handed("pack-being-made")
