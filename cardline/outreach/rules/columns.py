"""The same rule over many people at once, in columns; proven equal to the scalar one by a property.

What depends on zone, wishes and time alone is judged by the scalar rule itself, once for each
combination that occurs; consents, blocks, numbers, caps and attempts are judged over columns.
Times are microseconds since the epoch, UTC.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cardline.core.calendar import DAY
from cardline.outreach.model import (
    Attempts,
    BlockKind,
    Channel,
    Contact,
    ContactPolicy,
    Outcome,
    Purpose,
    Recipient,
    Wishes,
)
from cardline.outreach.rules.case import Case, case_of
from cardline.outreach.rules.counting import UNCOUNTED, by_attempts
from cardline.outreach.rules.gate import BLOCKED, UNWISHED, may_contact
from cardline.outreach.rules.openings import WINDOWS, begins, windows

Times = NDArray[np.int64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]

LONG_AGO = -(1 << 62)
NEVER = 1 << 62

PURPOSES = tuple(Purpose)
CHANNELS = tuple(Channel)
KINDS = tuple(BlockKind)
OUTCOMES = tuple(Outcome)
EVERY = -1
"""A withdrawal from all channels; a call whose outcome is not known."""

_NAMES = ("day", "week", "month")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = 60_000_000


def micros(at: datetime) -> int:
    """Return a time as a column holds it."""
    return (at - _EPOCH) // _TICK


def _nothing() -> Codes:
    return np.empty(0, dtype=np.int64)


@dataclass
class Ragged:
    """Facts of which a person may have several; each column has one value a fact."""

    row: Rows = field(default_factory=_nothing)
    """To which person it belongs."""
    at: Times = field(default_factory=_nothing)
    until: Times = field(default_factory=_nothing)
    purpose: Codes = field(default_factory=_nothing)
    channel: Codes = field(default_factory=_nothing)
    what: Codes = field(default_factory=_nothing)
    """Kind of a block, outcome of a call."""
    here: Codes = field(default_factory=_nothing)


@dataclass
class People:
    """Facts of many people. ``frame`` names zone and wishes of each, in ``frames``."""

    known: Flags
    frame: Codes
    frames: list[tuple[ZoneInfo, Wishes]]
    number_rejected: Flags
    known_since: Times
    confirmed_at: Times
    scrubbed_at: Times
    """``LONG_AGO`` where nothing is known."""
    consents: Ragged = field(default_factory=Ragged)
    withdrawals: Ragged = field(default_factory=Ragged)
    blocks: Ragged = field(default_factory=Ragged)
    past: Ragged = field(default_factory=Ragged)


@dataclass
class Judged:
    """Verdicts of many people: ``reasons`` as bits over ``codes``."""

    codes: list[str]
    reasons: NDArray[np.uint64]
    until: Times
    """When the last reason ends; ``NEVER`` where one does not end by itself."""

    @property
    def allowed(self) -> Flags:
        """True where nothing stands against it."""
        return np.asarray(self.reasons == 0)

    @property
    def later(self) -> Flags:
        """True where all that stands against it ends by itself."""
        return np.asarray((self.reasons != 0) & (self.until != NEVER))

    def names(self, bits: int) -> list[str]:
        """Return the codes of some bits."""
        return [code for place, code in enumerate(self.codes) if bits >> place & 1]

    def counts(self) -> Counter[str]:
        """Return how many people each reason concerns."""
        found: Counter[str] = Counter()
        bits, counts = np.unique(self.reasons, return_counts=True)
        for one, count in zip(bits.tolist(), counts.tolist(), strict=True):
            found.update(dict.fromkeys(self.names(one), count))
        return found


def may_contact_many(
    contact: Contact, people: People, policy: ContactPolicy, *, now: datetime
) -> Judged:
    """Judge one and the same contact with many people; equal to :func:`may_contact` for each."""
    bench = _Bench(contact, people, policy, now)
    bench.unknown()
    bench.blocked()
    if bench.limited:
        bench.framed()
        bench.consented()
        if contact.purpose in policy.number_age_for and contact.to is not None:
            bench.number_known()
        bench.capped()
        if contact.channel is Channel.CALL:
            bench.attempted()
    return Judged(bench.codes, bench.reasons, bench.until)


class _Bench:
    """One run: the reasons found so far and when they end."""

    def __init__(
        self, contact: Contact, people: People, policy: ContactPolicy, now: datetime
    ) -> None:
        self.contact, self.people, self.policy, self.now = contact, people, policy, now
        self.at = micros(now)
        self.size = len(people.known)
        self.codes: list[str] = []
        self.reasons = np.zeros(self.size, dtype=np.uint64)
        self.until = np.full(self.size, LONG_AGO, dtype=np.int64)
        self.answer = contact.solicited and contact.purpose in (Purpose.SERVICE, Purpose.SECURITY)
        self.limited = not self.answer and contact.purpose is not Purpose.SECURITY
        self._cases: list[Case] = [
            case_of(contact, Recipient(known=True, zone=zone, wishes=wishes), policy, now=now)
            for zone, wishes in people.frames
        ]
        self._openings: dict[tuple[int, int], int] = {}

    # ------------------------------------------------------------ what people are

    def unknown(self) -> None:
        if not self.answer:
            self._refuse("recipient-unknown", np.flatnonzero(~self.people.known))

    def blocked(self) -> None:
        blocks = self.people.blocks
        if not len(blocks.row):
            return
        holds = (blocks.at <= self.at) & (self.at < blocks.until)
        what = (self.contact.purpose, self.contact.channel)
        for number, kind in enumerate(KINDS):
            if kind is BlockKind.WRONG_NUMBER:
                stops = self.contact.to is not None
            else:
                stops = not self.answer and what in self.policy.stops.get(kind, ())
            if stops:
                found = holds & (blocks.what == number)
                self._refuse(BLOCKED[kind][0], blocks.row[found], blocks.until[found])

    def framed(self) -> None:
        """What zone and wishes alone decide is left to the scalar rule."""
        asked = replace(self.contact, holder=None)
        # A purpose that needs consent, or an age of the number, is asked about elsewhere.
        free = replace(self.policy, needs_consent=frozenset(), number_age_for=frozenset())
        for number, (zone, wishes) in enumerate(self.people.frames):
            alike = Recipient(known=True, zone=zone, wishes=wishes)
            verdict = may_contact(asked, alike, free, now=self.now)
            if verdict.allowed:
                continue
            rows = np.flatnonzero(self.people.frame == number)
            for reason in verdict.refusals:
                until = micros(reason.until) if reason.until else NEVER
                self._refuse(reason.code, rows, until)
        if self.contact.to is not None:
            self._refuse("number-rejected", np.flatnonzero(self.people.number_rejected))

    def consented(self) -> None:
        purpose = PURPOSES.index(self.contact.purpose)
        channel = CHANNELS.index(self.contact.channel)
        needed = self.contact.purpose in self.policy.needs_consent
        left = self.people.withdrawals
        withdrawn = np.full(self.size, LONG_AGO, dtype=np.int64)
        if len(left.row):
            ours = (left.purpose == purpose) & ((left.channel == EVERY) | (left.channel == channel))
            np.maximum.at(withdrawn, left.row[ours], left.at[ours])
        given = self.people.consents
        holds = np.zeros(self.size, dtype=np.bool_)
        if len(given.row):
            ours = (given.purpose == purpose) & (given.channel == channel)
            ours &= (given.at <= self.at) & (self.at < given.until)
            ours &= given.at > withdrawn[given.row]
            holds[given.row[ours]] = True
        stopped = withdrawn != LONG_AGO
        if needed:
            self._refuse("consent-missing", np.flatnonzero(~holds & ~stopped))
        if needed or self.contact.purpose not in UNWISHED:
            self._refuse("consent-withdrawn", np.flatnonzero(~holds & stopped))

    def number_known(self) -> None:
        people, policy = self.people, self.policy
        fresh = people.known_since + _span(policy.number_known)
        rows = np.flatnonzero((people.known_since != LONG_AGO) & (self.at < fresh))
        self._refuse("number-too-new", rows, self._opened(rows, fresh[rows]))
        confirmed = people.confirmed_at.copy()
        given = people.consents
        if len(given.row):
            past = given.at <= self.at
            np.maximum.at(confirmed, given.row[past], given.at[past])
        known = confirmed != LONG_AGO
        old = known & (self.at - np.where(known, confirmed, 0) >= _span(policy.number_confirmed))
        if self.contact.purpose not in policy.needs_consent:
            old |= ~known
        self._refuse("number-unconfirmed", np.flatnonzero(old))
        if policy.scrub is not None and self.contact.channel is Channel.CALL:
            asked = people.scrubbed_at != LONG_AGO
            age = self.at - np.where(asked, people.scrubbed_at, 0)
            self._refuse("list-not-asked", np.flatnonzero(~asked | (age >= _span(policy.scrub))))

    # ------------------------------------------------------------ how often

    def capped(self) -> None:
        past, policy, purpose = self.people.past, self.policy, self.contact.purpose
        if not len(past.row):
            return
        caps = policy.caps.get(purpose)
        if caps is not None and not by_attempts(purpose, self.contact.channel, policy):
            together = policy.shares_caps.get(purpose) or frozenset({purpose})
            counted = _among(past.purpose, [one for one in PURPOSES if one in together])
            calls = past.channel == CHANNELS.index(Channel.CALL)
            counted &= ~(calls & _among(past.purpose, list(policy.attempts)))
            self._windows("cap", counted, (caps.day, caps.week, caps.month))
        if purpose in UNCOUNTED:
            return
        counted = _among(past.purpose, [one for one in PURPOSES if one not in UNCOUNTED])
        total = policy.total_caps
        self._windows("cap-total", counted, (total.day, total.week, total.month))
        for number, (_, wishes) in enumerate(self.people.frames):
            if wishes.most_week or wishes.most_month:
                theirs = counted & (self.people.frame[past.row] == number)
                self._windows("wish", theirs, (None, wishes.most_week, wishes.most_month))

    def attempted(self) -> None:
        past = self.people.past
        calls = np.asarray(past.channel == CHANNELS.index(Channel.CALL))
        if not calls.any():
            return
        self._after_abandoned(calls)
        limits = self.policy.attempts.get(self.contact.purpose)
        if limits is not None:
            same = calls & (past.purpose == PURPOSES.index(self.contact.purpose))
            self._limits(same, limits)

    def _after_abandoned(self, calls: Flags) -> None:
        past = self.people.past
        if self.contact.agent_held:
            return
        left = calls & (past.what == OUTCOMES.index(Outcome.ABANDONED))
        last = self._last(left)
        ends = last + _span(self.policy.abandoned_rest)
        rows = np.flatnonzero((last != LONG_AGO) & (ends > self.at))
        self._refuse("rest-after-abandoned", rows, self._opened(rows, ends[rows]))

    def _limits(self, calls: Flags, limits: Attempts) -> None:
        past = self.people.past
        now = calls & (past.at >= self._since(1)[past.row])
        silent = past.what == OUTCOMES.index(Outcome.UNANSWERED)
        if limits.answered_day is not None:
            rows = self._reached(now & ~silent, limits.answered_day)
            self._refuse("answered-today", rows, self._tomorrow(rows))
        if limits.unanswered_day is not None:
            open_ = silent | (past.what == EVERY)
            rows = self._reached(now & open_ & (past.here == 1), limits.unanswered_day)
            self._refuse("unanswered-today", rows, self._tomorrow(rows))
        if limits.tries is not None:
            tried = calls & (past.at >= self._since(limits.tries_days)[past.row])
            self._freeing("tries-spent", tried, limits.tries, limits.tries_days)
        if limits.rest_days is not None:
            last = self._last(calls & ~silent)
            rows = np.flatnonzero(last != LONG_AGO)
            ends = self._days_after(rows, last[rows], limits.rest_days)
            still = ends > self.at
            self._refuse("rest-after-talk", rows[still], self._opened(rows[still], ends[still]))

    def _windows(self, code: str, counted: Flags, mosts: Sequence[int | None]) -> None:
        past = self.people.past
        for name, most, days in zip(_NAMES, mosts, WINDOWS, strict=True):
            if most is not None:
                inside = counted & (past.at >= self._since(days)[past.row])
                self._freeing(f"{code}-{name}", inside, most, days)

    def _freeing(self, code: str, inside: Flags, most: int, days: int) -> None:
        """Refuse who has ``most`` or more of these; a place is free when the oldest one ages."""
        past = self.people.past
        rows = self._reached(inside, most)
        if not len(rows):
            return
        order = np.lexsort((past.at[inside], past.row[inside]))
        times, owners = past.at[inside][order], past.row[inside][order]
        ends = np.searchsorted(owners, rows, side="right")
        oldest = times[ends - most]
        self._refuse(code, rows, self._opened(rows, self._days_after(rows, oldest, days)))

    def _reached(self, facts: Flags, most: int) -> Rows:
        counts = np.bincount(self.people.past.row[facts], minlength=self.size)
        return np.flatnonzero(counts >= most)

    def _last(self, facts: Flags) -> Times:
        last = np.full(self.size, LONG_AGO, dtype=np.int64)
        np.maximum.at(last, self.people.past.row[facts], self.people.past.at[facts])
        return last

    # ------------------------------------------------------------ days and hours

    def _since(self, days: int) -> Times:
        """When the window of so many days began, for each person."""
        starts = [
            micros(
                windows(case.recipient.zone, case.today)[WINDOWS.index(days)]
                if days in WINDOWS
                else begins(case.today - DAY * (days - 1), case.recipient.zone)
            )
            for case in self._cases
        ]
        return np.asarray(starts, dtype=np.int64)[self.people.frame]

    def _tomorrow(self, rows: Rows) -> Times:
        return self._opened(rows, self._days_after(rows, np.full(len(rows), self.at), 1))

    def _days_after(self, rows: Rows, at: Times, days: int) -> Times:
        """Return when the day so many days after each time begins, in each person's zone."""
        # Offsets are whole minutes: within one, all times of a zone have the same day.
        frames = self.people.frame[rows]
        keys = np.stack([frames, at // _MINUTE])
        distinct, back = np.unique(keys, axis=1, return_inverse=True)
        begun = []
        for frame, minute in distinct.T.tolist():
            zone = self._cases[frame].recipient.zone
            day: date = (_EPOCH + _TICK * (minute * _MINUTE)).astimezone(zone).date()
            begun.append(micros(begins(day + DAY * days, zone)))
        return np.asarray(begun, dtype=np.int64)[back.reshape(-1)]

    def _opened(self, rows: Rows, at: Times) -> Times:
        """Return when the hours of each person are open, from each time on."""
        found = np.empty(len(rows), dtype=np.int64)
        frames = self.people.frame[rows].tolist()
        for place, (frame, time) in enumerate(zip(frames, at.tolist(), strict=True)):
            known = self._openings.get((frame, time))
            if known is None:
                opens = self._cases[frame].opening(_EPOCH + _TICK * time)
                known = NEVER if opens is None else micros(opens)
                self._openings[frame, time] = known
            found[place] = known
        return found

    def _refuse(self, code: str, rows: Rows, until: Times | int = NEVER) -> None:
        if not len(rows):
            return
        if code not in self.codes:
            self.codes.append(code)
        self.reasons[rows] |= np.uint64(1 << self.codes.index(code))
        np.maximum.at(self.until, rows, until)


def _span(length: timedelta) -> int:
    return min(length // _TICK, NEVER)


def _among(purposes: Codes, wanted: Sequence[Purpose]) -> Flags:
    return np.asarray(np.isin(purposes, [PURPOSES.index(one) for one in wanted]))
