"""Deciding an act on what is known now: the holder's view, the locks, the proofs."""

from collections.abc import Iterable
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.home import home
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.identity import store
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Factor, HolderView, Lock, Proofs, Subject, Weighed
from cardline.identity.questions import kinds_available
from cardline.identity.rules import day_of, may_act, missing
from cardline.identity.tries import caller_key, holder_key


def phone_weak_until(changed_at: datetime | None, *, config: IdentityConfig) -> datetime | None:
    """Return until when a number that was changed then proves little; ``None``: never changed."""
    return changed_at + config.policy.weak_after_phone_change if changed_at else None


async def holder_view(
    tx: Transaction, *, subject: Subject, config: IdentityConfig, at: datetime
) -> HolderView:
    """Read what the rules must know of a holder."""
    weak = phone_weak_until(subject.phone_changed_at, config=config)
    careful = None
    if subject.data_changed_at is not None:
        careful = subject.data_changed_at + config.policy.careful_after_data_change
    return HolderView(
        id=subject.id,
        has_phone=subject.phone is not None,
        has_query_password=await store.query_password(tx, holder=subject.id) is not None,
        has_questions=kinds_available(subject.facts) >= config.policy.questions_needed,
        phone_weak_until=weak if weak is not None and weak > at else None,
        data_changed_until=careful if careful is not None and careful > at else None,
    )


async def locks_of(
    tx: Transaction,
    *,
    subject: Subject | None,
    caller: PhoneNumber | None,
    stream: str,
    config: IdentityConfig,
    at: datetime,
) -> tuple[Lock, ...]:
    """Read which factors take no more tries today, and until when."""
    policy = config.policy
    counted = holder_key(subject, caller, stream)
    day, end = day_of(at, subject.zone if subject else home().zone)
    wrong = await store.wrong_tries(tx, subject=counted, day=day)
    own = (Factor.QUERY_PASSWORD, Factor.ONE_TIME_CODE, Factor.KNOWLEDGE_QUESTIONS)
    locks = [Lock(one, end) for one in own if wrong.get(one, 0) >= policy.lockout_tries]
    tails_day, tails_end = day_of(at, home().zone)
    tails = Factor.CARD_AND_ID_TAILS
    wrong = await store.wrong_tries(tx, subject=caller_key(caller, stream), day=tails_day)
    spent = wrong.get(f"{tails}/freezing", 0) >= policy.tails_tries_freezing
    if spent or wrong.get(tails, 0) >= policy.tails_tries:
        locks.append(Lock(tails, tails_end, freezing_too=spent))
    return tuple(locks)


async def weigh(
    tx: Transaction,
    *,
    acts: Iterable[Act],
    proofs: Proofs,
    subject: Subject | None,
    config: IdentityConfig,
    stream: str,
    at: datetime,
) -> dict[Act, Weighed]:
    """Judge acts that an agent looks at and may try next; with what to ask for. Not journaled."""
    view = await holder_view(tx, subject=subject, config=config, at=at) if subject else None
    locks = await locks_of(
        tx, subject=subject, caller=proofs.caller, stream=stream, config=config, at=at
    )
    current = proofs.with_locks(locks)
    policy = config.policy
    return {
        act: Weighed(
            may_act(act, current, holder=view, policy=policy, now=at),
            missing(act, current, holder=view, policy=policy, now=at, with_agent=True),
        )
        for act in acts
    }


async def decide(
    tx: Transaction,
    *,
    act: Act,
    proofs: Proofs,
    subject: Subject | None,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Judge an act on what is known now, and journal the verdict with the factors proven."""
    view = await holder_view(tx, subject=subject, config=config, at=at) if subject else None
    locks = await locks_of(
        tx, subject=subject, caller=proofs.caller, stream=stream, config=config, at=at
    )
    current = proofs.with_locks(locks)
    verdict = may_act(act, current, holder=view, policy=config.policy, now=at)
    body: JsonObject = {"act": act, "holder": proofs.claimed}
    body |= {"proven": [proof.factor for proof in proofs.given if proof.holder == proofs.claimed]}
    await journal(
        tx, stream=stream, kind="identity.decided", by=by, body=body, at=at, verdict=verdict
    )
    return verdict
