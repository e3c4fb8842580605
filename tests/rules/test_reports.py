"""Every metric against worked examples, those of the README."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.clock import SHANGHAI
from cardline.core.ids import AgentId, CallId, HolderId, InteractionId, QueueName
from cardline.core.policy import load_area
from cardline.reports import rules
from cardline.reports.model import (
    CallBacks,
    Duty,
    DutyChange,
    FirstContact,
    Handling,
    Period,
    RepeatCallers,
    TalkFact,
    Visit,
)
from cardline.reports.table import as_csv
from cardline.routing.model import Agent, LeaveOutcome, TalkCause, Waiter, WaitGroup, Wanted
from cardline.routing.rules import in_all, service, state_of
from tests.actions.routing_floor import POLICY

NINE = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
"""Nine in the morning in Shanghai."""
REPORTS = rules.read_report_policy(load_area("reports"))
ANN = AgentId("a1")


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


HOUR = Period(NINE, at(60))


def answered(seconds: int, count: int = 1, queue: str = "account-zh") -> WaitGroup:
    span = timedelta(seconds=seconds)
    return WaitGroup(QueueName(queue), "answered", seconds, count, span * count, span)


def talk(
    start: float, end: float | None, wrapped: float | None = None, cause: TalkCause = "ended"
) -> TalkFact:
    return TalkFact(
        InteractionId("i1"),
        ANN,
        QueueName("account-zh"),
        "offer",
        at(start),
        at(end) if end is not None else None,
        (at(wrapped) if wrapped is not None else at(end)) if end is not None else None,
        cause if end is not None else None,
    )


@pytest.mark.parametrize(
    ("groups", "percent", "seconds"),
    [
        ([], 50, None),
        ([WaitGroup(QueueName("q"), "abandoned", 5, 9, timedelta(45), timedelta(5))], 50, None),
        ([answered(8)], 50, 8),
        ([answered(8)], 90, 8),
        # six after 8 s, one after 20 s, one after 20.4 s: the 4th and the 8th of eight
        ([answered(8, 6), answered(20), answered(21)], 50, 8),
        ([answered(8, 6), answered(20), answered(21)], 90, 21),
        ([answered(8, 6), answered(20), answered(21)], 80, 20),
        ([answered(1, 9), answered(100)], 90, 1),
    ],
)
def test_percentiles_are_the_nearest_rank(
    groups: list[WaitGroup], percent: int, seconds: int | None
) -> None:
    assert rules.wait_percentile(groups, percent) == seconds


@given(st.lists(st.integers(0, 300), min_size=1, max_size=40), st.sampled_from([50, 90, 99]))
def test_a_percentile_covers_its_share_and_no_smaller_wait_does(
    waits: list[int], percent: int
) -> None:
    found = rules.wait_percentile([answered(wait) for wait in waits], percent)
    assert found is not None
    assert sum(wait <= found for wait in waits) * 100 >= percent * len(waits)
    assert sum(wait < found for wait in waits) * 100 < percent * len(waits)


def test_all_queues_together_are_held_against_their_own_targets() -> None:
    groups = [answered(15, 3, "urgent-zh"), answered(15, 5, "account-zh")]  # targets 10 s and 20 s
    whole = in_all(service(groups, POLICY), QueueName(""))
    assert (whole.offered, whole.answered_in_time) == (8, 5)
    assert whole.service_level == 5 / 8
    assert whole.mean_wait == timedelta(seconds=15)


def test_handling_counts_what_ended_in_the_period_with_its_wrap_up() -> None:
    talks = [
        talk(-5, 1, 2),  # began before, ended within: 6 + 1 minutes
        talk(10, 14, 15, "transferred"),  # 4 + 1
        talk(20, 20.5, cause="failed"),  # nobody heard the other
        talk(50, 61, 62),  # ends after the period
        talk(55, None),  # still goes on
    ]
    found = rules.handling(talks, HOUR, now=at(90))
    assert found == Handling(2, timedelta(minutes=10), timedelta(minutes=2), 1)
    assert found.mean == timedelta(minutes=6)
    assert found.transfer_rate == 0.5
    assert rules.handling([], HOUR, now=at(90)).mean is None


def test_a_wrap_up_counts_as_far_as_it_has_passed() -> None:
    found = rules.handling([talk(10, 14, 20)], HOUR, now=at(15))
    assert found.wrap_up == timedelta(minutes=1)


def test_occupancy_is_busy_of_busy_and_ready() -> None:
    """Logged in at 8:50, ready from 9:00; talks 9:10–9:20 and wraps up to 9:22; break 9:40–9:50."""
    changes = [
        DutyChange(at(-10), "log-in"),
        DutyChange(at(0), "set-ready"),
        DutyChange(at(40), "set-not-ready"),
        DutyChange(at(50), "set-ready"),
    ]
    found = rules.duty(changes, [talk(10, 20, 22)], HOUR, now=at(120))
    assert found == Duty(
        logged_in=timedelta(minutes=60), ready=timedelta(minutes=38), busy=timedelta(minutes=12)
    )
    assert found.occupancy == 12 / 50


@pytest.mark.parametrize(
    ("changes", "logged_in", "ready"),
    [
        ([], 0, 0),
        ([(-60, "log-in")], 60, 0),
        ([(-60, "log-out"), (-5, "log-in")], 60, 0),
        ([(-60, "set-ready"), (-5, "log-in")], 60, 60),  # the page was refreshed
        ([(-60, "set-ready"), (30, "log-out")], 30, 30),
        ([(10, "log-in"), (20, "set-ready"), (30, "not-ready"), (30, "set-ready")], 50, 40),
        ([(-60, "set-ready"), (-50, "log-out")], 0, 0),
        ([(59, "log-in"), (60, "set-ready")], 1, 0),
    ],
)
def test_duty_follows_what_was_asked_for(
    changes: list[tuple[float, str]], logged_in: float, ready: float
) -> None:
    found = rules.duty(
        [DutyChange(at(minute), word) for minute, word in changes],  # type: ignore[arg-type]
        [],
        HOUR,
        now=at(120),
    )
    assert (found.logged_in, found.ready) == (
        timedelta(minutes=logged_in),
        timedelta(minutes=ready),
    )
    assert found.busy == timedelta(0)


def test_duty_ends_now_and_overlaps_count_once() -> None:
    changes = [DutyChange(at(0), "set-ready")]
    talks = [talk(0, 10, 30), talk(12, 20, 25), talk(28, None)]
    found = rules.duty(changes, talks, HOUR, now=at(40))
    assert (found.ready, found.busy) == (timedelta(0), timedelta(minutes=40))
    assert found.occupancy == 1.0


def visit(
    interaction: str,
    days: float,
    *,
    holder: str = "h1",
    matter: str = "account",
    outcome: LeaveOutcome | None = "answered",
) -> Visit:
    entered = NINE + timedelta(days=days)
    closed = entered + timedelta(minutes=5)
    return Visit(InteractionId(interaction), HolderId(holder), matter, entered, outcome, closed)


DAY = Period(NINE, NINE + timedelta(days=1))


@pytest.mark.parametrize(
    ("visits", "later_days", "told"),
    [
        ([visit("i1", 0)], 30, (1, 0, 0)),
        ([visit("i1", 0)], 7, (0, 0, 1)),  # the seven days run from the end of the call
        ([visit("i1", 0), visit("i2", 3)], 30, (0, 1, 0)),
        ([visit("i1", 0), visit("i2", 3)], 4, (0, 1, 0)),  # known before the seven days are over
        ([visit("i1", 0), visit("i2", 8)], 30, (1, 0, 0)),
        ([visit("i1", 0), visit("i2", 3, matter="limit")], 30, (1, 0, 0)),
        ([visit("i1", 0), visit("i2", 3, holder="h2")], 30, (1, 0, 0)),
        ([visit("i1", 0), visit("i2", 3, outcome="abandoned")], 30, (0, 1, 0)),  # he tried
        ([visit("i1", 0, outcome="abandoned")], 30, (0, 0, 0)),  # nobody answered
        ([visit("i1", 0), visit("i1", 0.001)], 30, (1, 0, 0)),  # the same call, transferred back
        ([visit("i1", 0), visit("i2", 0.5), visit("i3", 0.9)], 30, (1, 2, 0)),
        ([visit("i1", -1)], 30, (0, 0, 0)),
    ],
)
def test_first_contact_resolution(
    visits: list[Visit], later_days: float, told: tuple[int, int, int]
) -> None:
    found = rules.first_contact(visits, DAY, REPORTS, now=NINE + timedelta(days=later_days))
    assert found == FirstContact(*told)


def test_the_rate_leaves_out_what_is_not_decided() -> None:
    assert FirstContact(3, 1, 5).rate == 0.75
    assert FirstContact(0, 0, 5).rate is None


def test_repeat_callers_are_those_with_three_calls_or_more() -> None:
    assert rules.repeat_callers({1: 50, 2: 9, 3: 2, 7: 1}, REPORTS) == RepeatCallers(3, 13)


def test_call_backs_are_reached_given_up_or_waiting() -> None:
    found = rules.call_backs({"answered": 5, "callback": 1, "abandoned": 1, None: 2})
    assert found == CallBacks(asked=9, reached=5, given_up=2, waiting=2)


def waiter(
    name: str, minutes: float, *, callback: bool = False, queue: str = "account-zh"
) -> Waiter:
    return Waiter(
        name,
        InteractionId(name),
        QueueName(queue),
        "zh",
        False,
        at(minutes),
        at(minutes),
        CallId(name),
        callback,
    )


def test_calls_in_danger_are_named_with_the_oldest_first() -> None:
    long = Agent(ANN, frozenset(), frozenset(), Wanted.READY, phone="phone:a1", phone_until=at(70))
    long = _talking(long, "i1", 40)
    gone = Agent(AgentId("a2"), frozenset(), frozenset(), Wanted.READY, phone="phone:a2")
    gone = _talking(gone, "i2", 55, phone_until=at(59))
    fine = Agent(AgentId("a3"), frozenset(), frozenset(), Wanted.READY, phone="sip:x")
    fine = _talking(fine, "i3", 50)
    agents = [(agent, state_of(agent, now=at(60))) for agent in (long, gone, fine)]
    waiting = [
        waiter("w1", 59.5),  # 30 s: beyond 20 s
        waiter("w2", 59.9),  # 6 s
        waiter("w3", 10, callback=True),
        waiter("w4", 59.8, queue="urgent-zh"),  # 12 s: beyond 10 s
    ]
    found = rules.dangers(waiting, agents, POLICY.queues, REPORTS, now=at(60))
    assert [(one.code, one.interaction, one.since) for one in found] == [
        ("talks-too-long", "i1", at(55)),
        ("agent-away", "i2", at(59)),
        ("waits-too-long", "w1", at(59.5) + timedelta(seconds=20)),
        ("waits-too-long", "w4", at(59.8) + timedelta(seconds=10)),
    ]


def _talking(agent: Agent, interaction: str, since: float, **more: Any) -> Agent:
    return replace(agent, talk=InteractionId(interaction), talk_since=at(since), **more)


def test_days_begin_at_midnight_in_shanghai() -> None:
    period = Period(datetime(2026, 11, 26, 10, tzinfo=UTC), datetime(2026, 11, 28, 3, tzinfo=UTC))
    days = list(rules.days_of(period, SHANGHAI))
    assert [day.start.astimezone(SHANGHAI).isoformat()[:16] for day in days] == [
        "2026-11-26T18:00",
        "2026-11-27T00:00",
        "2026-11-28T00:00",
    ]
    assert (days[0].start, days[-1].end) == (period.start, period.end)
    assert all(one.end == other.start for one, other in itertools.pairwise(days))


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_parts_of_a_period_are_the_period(start: int, seconds: int) -> None:
    begin = NINE + timedelta(seconds=start)
    period = Period(begin, begin + timedelta(seconds=seconds))
    for parts in (list(rules.days_of(period, SHANGHAI)), list(rules.hours_of(period))):
        assert (parts[0].start, parts[-1].end) == (period.start, period.end)
        assert sum((part.length for part in parts), timedelta(0)) == period.length
        assert all(part.length > timedelta(0) for part in parts)


def test_a_cell_cannot_become_a_formula() -> None:
    rows = [{"name": "=HYPERLINK(1)", "n": -1, "none": None}, {"name": '陈"晓,', "n": 2, "none": 0}]
    assert as_csv(["name", "n", "none"], rows) == (
        'name,n,none\r\n\'=HYPERLINK(1),-1,\r\n"陈""晓,",2,0\r\n'
    )
