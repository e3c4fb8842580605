"""A list held against the rule before anybody is contacted: who may be, who may not, and why.

Reads only: no place is taken and nothing is journaled. The gate is asked again for each contact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from cardline.cards.corebank import CoreBank, Registered
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.model import NO_WISHES, BlockKind, Contact, ContactPolicy, Wishes
from cardline.outreach.rules.columns import (
    CHANNELS,
    EVERY,
    KINDS,
    LONG_AGO,
    NEVER,
    OUTCOMES,
    PURPOSES,
    Codes,
    Judged,
    People,
    Ragged,
    may_contact_many,
    micros,
)
from cardline.outreach.rules.openings import LOOKED_BACK
from cardline.outreach.rules.registers import mark_of
from cardline.outreach.store import registers
from cardline.outreach.store import screening as store

_PURPOSE = {purpose.value: place for place, purpose in enumerate(PURPOSES)}
_CHANNEL = {channel.value: place for place, channel in enumerate(CHANNELS)} | {None: EVERY}
_KIND = {kind.value: place for place, kind in enumerate(KINDS)}
_OUTCOME = {outcome.value: place for place, outcome in enumerate(OUTCOMES)} | {None: EVERY}


class Listed(NamedTuple):
    """One line of a list: a number, and whose it is said to be."""

    phone: PhoneNumber
    holder: HolderId | None


async def screen(
    tx: Transaction,
    listed: Sequence[Listed],
    contact: Contact,
    *,
    bank: CoreBank,
    policy: ContactPolicy,
    at: datetime,
) -> Judged:
    """Judge one and the same contact with everybody on a list, as it would be at a time.

    A number is known where it is registered with the bank, and to the holder whom the list names,
    if it names one. ``contact`` says purpose, channel and campaign; whom it names does not matter.
    """
    registered = await bank.registered(
        tx,
        phones=[one.phone for one in listed],
        holder_ids=[one.holder for one in listed if one.holder is not None],
    )
    by_phone = {one.phone: one for one in registered}
    by_id = {one.holder_id: one for one in registered}
    whose = [_whose(one, by_phone, by_id) for one in listed]
    known = await store.known(
        tx,
        holders=sorted({str(one.holder_id) for one in whose if one}),
        phones=sorted({one.phone for one in listed}),
        since=at - LOOKED_BACK,
    )
    people = _people(listed, whose, await _with_lists(tx, known, listed, policy))
    if lists := await registers.registers(tx):
        # Whoever asks the lists asks all of them: as of the oldest one.
        oldest = micros(min(one.as_of for one in lists))
        np.maximum(people.scrubbed_at, oldest, out=people.scrubbed_at)
    return may_contact_many(contact, people, policy, now=at)


async def _with_lists(
    tx: Transaction, known: store.Known, listed: Sequence[Listed], policy: ContactPolicy
) -> store.Known:
    """Add what the public lists say of the numbers."""
    if not policy.list_key or not await registers.registers(tx):
        return known
    marks = {mark_of(one.phone, key=policy.list_key): one.phone for one in listed}
    found = [
        (None, marks[mark], BlockKind.DO_NOT_CALL.value, micros(as_of), None)
        for mark, as_of in await registers.on_lists(tx, list(marks))
    ]
    return replace(known, blocks=[*known.blocks, *found])


def _whose(
    one: Listed,
    by_phone: dict[PhoneNumber, Registered],
    by_id: dict[HolderId, Registered],
) -> Registered | None:
    owner = by_phone.get(one.phone)
    if one.holder is None:
        return owner
    named = by_id.get(one.holder)
    return named if named is not None and named.phone == one.phone else None


def _people(
    listed: Sequence[Listed], whose: Sequence[Registered | None], known: store.Known
) -> People:
    size = len(listed)
    rows = _Rows(listed, whose)
    frame, frames = _frames(whose, known.wishes)
    number = np.full((3, size), LONG_AGO, dtype=np.int64)
    for holder, phone, *times in known.numbers:
        for row in rows.of_both(holder, phone):
            number[:, row] = [LONG_AGO if one is None else one for one in times]
    rejected = np.zeros(size, dtype=np.bool_)
    for holder, phone in known.rejected:
        rejected[rows.of_both(holder, phone)] = True
    return People(
        known=np.asarray([one is not None for one in whose], dtype=np.bool_),
        frame=frame,
        frames=frames,
        number_rejected=rejected,
        known_since=number[0],
        confirmed_at=number[1],
        scrubbed_at=number[2],
        consents=_ragged(
            (row, since, NEVER if until is None else until, _PURPOSE[purpose], _CHANNEL[channel])
            for holder, phone, purpose, channel, since, until in known.consents
            for row in rows.of_either(holder, phone)
        ),
        withdrawals=_ragged(
            (row, at, NEVER, _PURPOSE[purpose], _CHANNEL[channel])
            for holder, phone, purpose, channel, at in known.withdrawals
            for row in rows.of_either(holder, phone)
        ),
        blocks=_ragged(
            (row, since, NEVER if until is None else until, 0, 0, _KIND[kind])
            for holder, phone, kind, since, until in known.blocks
            for row in rows.of_either(holder, phone)
        ),
        past=_ragged(
            (
                *(row, at, NEVER, _PURPOSE[purpose], _CHANNEL[channel], _OUTCOME[outcome]),
                listed[row].phone == phone,
            )
            for holder, phone, purpose, channel, outcome, at in known.past
            for row in rows.of_either(holder, phone)
        ),
    )


def _frames(
    whose: Sequence[Registered | None], wishes: dict[str, Wishes]
) -> tuple[Codes, list[tuple[ZoneInfo, Wishes]]]:
    """Return zone and wishes of each line as a number, and what the numbers mean."""
    frames: dict[tuple[str, Wishes], int] = {}
    plain: dict[str, int] = {}  # without wishes, as most are, a zone says it all
    frame = []
    for one in whose:
        zone = one.zone if one else home().zone.key
        wished = wishes.get(one.holder_id) if one and wishes else None
        if wished is not None:
            frame.append(frames.setdefault((zone, wished), len(frames)))
            continue
        number = plain.get(zone)
        if number is None:
            number = plain[zone] = frames.setdefault((zone, NO_WISHES), len(frames))
        frame.append(number)
    told = [(ZoneInfo(zone), wished) for zone, wished in frames]
    return np.asarray(frame, dtype=np.int64), told


class _Rows:
    """Which lines of the list a fact about a holder or a number concerns."""

    def __init__(self, listed: Sequence[Listed], whose: Sequence[Registered | None]) -> None:
        self._of_holder: dict[str, list[int]] = {}
        self._of_phone: dict[str, list[int]] = {}
        for row, (one, owner) in enumerate(zip(listed, whose, strict=True)):
            self._of_phone.setdefault(one.phone, []).append(row)
            if owner is not None:
                self._of_holder.setdefault(owner.holder_id, []).append(row)

    def of_either(self, holder: str | None, phone: str | None) -> Iterable[int]:
        ours = self._of_holder.get(holder, ()) if holder else ()
        here = self._of_phone.get(phone, ()) if phone else ()
        if not ours or not here:
            return ours or here
        return {*ours, *here}

    def of_both(self, holder: str, phone: str) -> list[int]:
        here = set(self._of_phone.get(phone, ()))
        return [row for row in self._of_holder.get(holder, ()) if row in here]


def _ragged(facts: Iterable[tuple[int, ...]]) -> Ragged:
    found = list(facts)
    if not found:
        return Ragged()
    columns = np.asarray(found, dtype=np.int64).T
    names = ("row", "at", "until", "purpose", "channel", "what", "here")
    return Ragged(**dict(zip(names, columns, strict=False)))
