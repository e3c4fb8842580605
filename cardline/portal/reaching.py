"""How the holder wants to be contacted, what was tried, and the rules as published (D5, D8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.outreach import actions as outreach
from cardline.outreach.model import (
    BlockKind,
    Caps,
    Channel,
    ContactPolicy,
    ContactRecord,
    Hours,
    Purpose,
    Rejected,
    Wishes,
)
from cardline.portal.model import HolderSession
from cardline.portal.sessions import actor_of

KINDS = (Purpose.REMINDER, Purpose.SERVICE, Purpose.SURVEY, Purpose.MARKETING)
"""What a holder may switch off; what protects, and what is owed, stays."""
FROM_HOURS = tuple(range(8, 20))
TO_HOURS = tuple(range(10, 23))
WEEKLY = (1, 2, 3, 5)
MONTHLY = (1, 2, 4, 8)
PAUSES = (7, 14, 30, 90)
"""Days."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a holder has set, with the reject list."""

    wishes: Wishes
    rejected: tuple[Rejected, ...]


async def chosen_by(tx: Transaction, session: HolderSession) -> Chosen:
    """Return what a holder has set."""
    holder = session.holder.id
    return Chosen(
        await outreach.wishes_of(tx, holder=holder),
        tuple(await outreach.rejected_by(tx, holder=holder)),
    )


async def choose(
    tx: Transaction,
    session: HolderSession,
    form: Mapping[str, list[str]],
    *,
    policy: ContactPolicy,
    at: datetime,
) -> Verdict:
    """Keep what a form says; what it does not say is wanted, a word that is none says nothing."""
    before = await outreach.wishes_of(tx, holder=session.holder.id)
    pause = _number(form, "pause", PAUSES)
    paused = at + timedelta(days=pause) if pause else before.paused_until
    wished = replace(
        before,
        kinds_off=frozenset(one for one in KINDS if one.value not in form.get("kind", ())),
        channels_off=frozenset(one for one in Channel if one.value not in form.get("channel", ())),
        opens=_hour(form, "from", FROM_HOURS),
        closes=_hour(form, "to", TO_HOURS),
        days_off=frozenset(day for day in range(1, 8) if str(day) not in form.get("day", ())),
        most_week=_number(form, "week", WEEKLY),
        most_month=_number(form, "month", MONTHLY),
        paused_until=None if form.get("pause") == ["end"] else paused,
    )
    return await outreach.set_wishes(
        tx,
        wished,
        holder=session.holder.id,
        policy=policy,
        stream=session.id,
        by=actor_of(session.holder.id),
        at=at,
    )


async def reject(
    tx: Transaction,
    session: HolderSession,
    *,
    campaign: str | None,
    phone: PhoneNumber | None,
    wanted: bool,
    at: datetime,
) -> None:
    """Put a campaign or a number on the reject list, or take it off."""
    act = outreach.reject if wanted else outreach.unreject
    await act(
        tx,
        holder=session.holder.id,
        campaign=campaign,
        phone=phone,
        stream=session.id,
        by=actor_of(session.holder.id),
        at=at,
    )


async def asked_about(
    tx: Transaction, session: HolderSession, *, page: int, each: int, most: int
) -> tuple[list[ContactRecord], int, int]:
    """Return a page of the contacts that the bank wanted, its number, and how many there are."""
    found = await outreach.contacts_of(tx, holder=session.holder.id, limit=most)
    pages = max(1, -(-len(found) // each))
    page = min(max(1, page), pages)
    return found[(page - 1) * each : page * each], page, pages


def result_of(one: ContactRecord) -> str:
    """Return what became of a contact, as a key of the catalogue."""
    if one.answer != "yes":
        return one.answer
    if one.cancelled_at is not None:
        return "not-made"
    return one.outcome.value if one.outcome else "yes"


# ---------------------------------------------------------------- the rules as published


@dataclass(frozen=True, slots=True)
class PublishedPurpose:
    """What holds for one purpose, as the gate executes it."""

    purpose: Purpose
    consent: bool
    hours: Hours | None
    caps: Caps | None
    together: tuple[Purpose, ...]
    answered_day: int | None
    unanswered_day: int | None
    tries: tuple[int, int] | None
    rest_days: int | None


@dataclass(frozen=True, slots=True)
class PublishedStop:
    """What one kind of mark stops; without channels: by every one."""

    kind: BlockKind
    stops: tuple[tuple[Purpose, tuple[Channel, ...]], ...]


def published(policy: ContactPolicy) -> tuple[list[PublishedPurpose], list[PublishedStop]]:
    """Return the rules for the page of row D8: from the very policy that the gate is given."""
    purposes = []
    for purpose in Purpose:
        limits = policy.attempts.get(purpose)
        others = policy.shares_caps.get(purpose, frozenset()) - {purpose}
        purposes.append(
            PublishedPurpose(
                purpose=purpose,
                consent=purpose in policy.needs_consent,
                hours=policy.hours.get(purpose),
                caps=policy.caps.get(purpose),
                together=tuple(one for one in Purpose if one in others),
                answered_day=limits.answered_day if limits else None,
                unanswered_day=limits.unanswered_day if limits else None,
                tries=(limits.tries, limits.tries_days) if limits and limits.tries else None,
                rest_days=limits.rest_days if limits else None,
            )
        )
    return purposes, [_stop(kind, policy) for kind in BlockKind if policy.stops.get(kind)]


def _stop(kind: BlockKind, policy: ContactPolicy) -> PublishedStop:
    stops = []
    for purpose in Purpose:
        channels = tuple(one for one in Channel if (purpose, one) in policy.stops[kind])
        if channels:
            stops.append((purpose, () if len(channels) == len(Channel) else channels))
    return PublishedStop(kind, tuple(stops))


def _number(form: Mapping[str, list[str]], name: str, allowed: tuple[int, ...]) -> int | None:
    word = next(iter(form.get(name, ())), "")
    return next((one for one in allowed if str(one) == word), None)


def _hour(form: Mapping[str, list[str]], name: str, allowed: tuple[int, ...]) -> time | None:
    hour = _number(form, name, allowed)
    return time(hour) if hour is not None else None
