"""People of every kind, for properties of the contact gate."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.outreach.model import (
    NO_FACTS,
    NO_WISHES,
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    NumberFacts,
    Outcome,
    Past,
    Purpose,
    Recipient,
    Wishes,
    Withdrawal,
)
from cardline.outreach.rules.columns import (
    CHANNELS,
    EVERY,
    KINDS,
    LONG_AGO,
    NEVER,
    OUTCOMES,
    PURPOSES,
    People,
    Ragged,
    micros,
)

PHONE = PhoneNumber("+8615400000001")
HOLDER = HolderId("h1")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Shanghai",
        "Asia/Urumqi",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Africa/Cairo",
        "America/St_Johns",
        "Pacific/Chatham",
    )
]
times = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20), timezones=st.just(UTC))


def shortly_before(now: datetime) -> st.SearchStrategy[datetime]:
    """Times of the last 40 days, dense near ``now``; a few lie just ahead."""
    return st.one_of(st.integers(-60, 3 * 24 * 60), st.integers(0, 40 * 24 * 60)).map(
        lambda minutes: now - timedelta(minutes=minutes)
    )


@st.composite
def wishes(draw: st.DrawFn, now: datetime) -> Wishes:
    opens, closes = sorted(draw(st.tuples(st.integers(0, 47), st.integers(0, 47))))
    return Wishes(
        kinds_off=draw(st.frozensets(st.sampled_from(Purpose), max_size=2)) - {Purpose.SECURITY},
        channels_off=draw(st.frozensets(st.sampled_from(Channel), max_size=1)),
        opens=draw(st.sampled_from([None, time(opens // 2, opens % 2 * 30)])),
        closes=draw(st.sampled_from([None, time(closes // 2, closes % 2 * 30)]))
        if closes > opens
        else None,
        days_off=draw(st.frozensets(st.integers(1, 7), max_size=3)),
        most_week=draw(st.none() | st.integers(1, 3)),
        most_month=draw(st.none() | st.integers(1, 5)),
        paused_until=draw(st.none() | shortly_before(now).map(lambda at: at + timedelta(days=9))),
        campaigns_off=draw(st.frozensets(st.sampled_from(["spring", "autumn"]), max_size=1)),
    )


@st.composite
def recipients(draw: st.DrawFn, now: datetime) -> Recipient:
    """Somebody about whom anything may be known; much of it of late."""
    late = shortly_before(now)
    ends = st.none() | late.map(lambda at: at + timedelta(days=3))
    channels = st.sampled_from(Channel)
    return Recipient(
        known=draw(st.integers(0, 9)) > 0,
        zone=draw(st.sampled_from(ZONES)),
        consents=tuple(
            draw(
                st.lists(
                    st.builds(
                        Consent,
                        st.sampled_from([Purpose.MARKETING, Purpose.SURVEY, Purpose.SERVICE]),
                        channels,
                        late | st.just(now - timedelta(days=800)),
                        ends,
                        st.just("app"),
                    ),
                    max_size=3,
                )
            )
        ),
        withdrawals=tuple(
            draw(
                st.lists(
                    st.builds(
                        Withdrawal,
                        st.sampled_from(Purpose),
                        late,
                        st.just("sms"),
                        st.none() | channels,
                    ),
                    max_size=2,
                )
            )
        ),
        blocks=tuple(
            draw(st.lists(st.builds(Block, st.sampled_from(BlockKind), late, ends), max_size=2))
        ),
        past=tuple(
            draw(
                st.lists(
                    st.builds(
                        Past,
                        st.sampled_from(Purpose),
                        late,
                        st.sampled_from([Channel.CALL, Channel.CALL, Channel.SMS, Channel.LETTER]),
                        st.none() | st.sampled_from(Outcome),
                        st.booleans(),
                    ),
                    max_size=14,
                )
            )
        ),
        number=draw(
            st.just(NO_FACTS)
            | st.builds(NumberFacts, st.none() | late, st.none() | late, st.none() | late)
        ),
        wishes=draw(st.just(NO_WISHES) | wishes(now)),
        number_rejected=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def much_called(draw: st.DrawFn, now: datetime) -> Recipient:
    """Somebody who was called about a debt again and again, today and in the days before."""
    calls = st.builds(
        Past,
        st.just(Purpose.COLLECTION),
        st.one_of(st.integers(0, 600), st.integers(0, 8 * 24 * 60)).map(
            lambda minutes: now - timedelta(minutes=minutes)
        ),
        st.just(Channel.CALL),
        st.sampled_from([None, Outcome.UNANSWERED, Outcome.UNANSWERED, *Outcome]),
        st.sampled_from([True, True, True, False]),
    )
    return Recipient(
        known=True,
        zone=draw(st.sampled_from(ZONES)),
        past=tuple(draw(st.lists(calls, min_size=3, max_size=14))),
    )


@st.composite
def much_written(draw: st.DrawFn, now: datetime) -> Recipient:
    """Somebody who is written to a lot, consents and withdraws, sometimes at the same time."""
    few = st.sampled_from([now - timedelta(days=days) for days in (1, 2, 40)])
    kinds = st.sampled_from([Purpose.MARKETING, Purpose.SERVICE])
    texts = st.builds(
        Past,
        st.sampled_from([Purpose.MARKETING, Purpose.SURVEY, Purpose.SERVICE, Purpose.REMINDER]),
        st.integers(0, 33 * 24 * 60).map(lambda minutes: now - timedelta(minutes=minutes)),
    )
    consents = st.builds(Consent, kinds, st.just(Channel.SMS), few, st.none() | few, st.just("app"))
    withdrawals = st.builds(Withdrawal, kinds, few, st.just("sms"))
    wished = st.builds(Wishes, most_week=st.none() | st.just(2), most_month=st.none() | st.just(3))
    return Recipient(
        known=True,
        zone=draw(st.sampled_from(ZONES)),
        consents=tuple(draw(st.lists(consents, max_size=3))),
        withdrawals=tuple(draw(st.lists(withdrawals, max_size=2))),
        past=tuple(draw(st.lists(texts, max_size=9))),
        wishes=draw(st.just(NO_WISHES) | wished),
    )


contacts = st.builds(
    Contact,
    purpose=st.sampled_from(Purpose),
    channel=st.sampled_from(Channel),
    to=st.just(PHONE),
    holder=st.just(HOLDER),
    solicited=st.booleans(),
    campaign=st.none() | st.sampled_from(["spring", "summer"]),
    agent_held=st.booleans(),
)


def people_of(everybody: Sequence[Recipient]) -> People:
    """Put recipients into columns."""
    frames: dict[tuple[ZoneInfo, Wishes], int] = {}
    frame = [frames.setdefault((one.zone, one.wishes), len(frames)) for one in everybody]
    return People(
        known=np.array([one.known for one in everybody], dtype=np.bool_),
        frame=np.array(frame, dtype=np.int64),
        frames=list(frames),
        number_rejected=np.array([one.number_rejected for one in everybody], dtype=np.bool_),
        known_since=_column(one.number.known_since for one in everybody),
        confirmed_at=_column(one.number.confirmed_at for one in everybody),
        scrubbed_at=_column(one.number.scrubbed_at for one in everybody),
        consents=_ragged(
            (row, one.since, one.until, PURPOSES.index(one.purpose), CHANNELS.index(one.channel))
            for row, whose in enumerate(everybody)
            for one in whose.consents
        ),
        withdrawals=_ragged(
            (
                *(row, one.at, None, PURPOSES.index(one.purpose)),
                CHANNELS.index(one.channel) if one.channel else EVERY,
            )
            for row, whose in enumerate(everybody)
            for one in whose.withdrawals
        ),
        blocks=_ragged(
            (row, one.since, one.until, 0, 0, KINDS.index(one.kind))
            for row, whose in enumerate(everybody)
            for one in whose.blocks
        ),
        past=_ragged(
            (
                *(row, one.at, None, PURPOSES.index(one.purpose), CHANNELS.index(one.channel)),
                OUTCOMES.index(one.outcome) if one.outcome else EVERY,
                one.here,
            )
            for row, whose in enumerate(everybody)
            for one in whose.past
        ),
    )


def _column(found) -> np.ndarray:  # type: ignore[no-untyped-def, type-arg]
    return np.array([micros(one) if one else LONG_AGO for one in found], dtype=np.int64)


def _ragged(facts) -> Ragged:  # type: ignore[no-untyped-def]
    rows = [
        (row, micros(at), micros(until) if until else NEVER, *rest)
        for row, at, until, *rest in facts
    ]
    if not rows:
        return Ragged()
    names = ("row", "at", "until", "purpose", "channel", "what", "here")
    columns = np.array(rows, dtype=np.int64).T
    return Ragged(**dict(zip(names, columns, strict=False)))
