"""Place, estimated wait, closed queues, and the figures: the worked examples of the README."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import AgentId, InteractionId, QueueName
from cardline.core.policy import load_area
from cardline.routing import rules
from cardline.routing.model import (
    Agent,
    AgentProfile,
    Estimate,
    Handled,
    Language,
    LeaveOutcome,
    Waiter,
    WaitGroup,
    Wanted,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POLICY = rules.read_policy(load_area("routing"))
ACCOUNT = POLICY.queues[QueueName("account-zh")]
FOUR_MINUTES = {ACCOUNT.name: Handled(10, timedelta(minutes=40))}


def _staff(*skills: str, staffed: int, ready: int = 0, language: Language = "zh") -> AgentProfile:
    return AgentProfile(frozenset(skills), frozenset((language,)), staffed, ready)


def _waiter(name: str, queue: str = "account-zh", *, waited: float = 10) -> Waiter:
    since = NOW - timedelta(seconds=waited)
    urgent = queue.startswith("urgent")
    return Waiter(name, InteractionId(name), QueueName(queue), "zh", urgent, since, since)


@pytest.mark.parametrize(
    ("ahead", "agents", "minutes"),
    [
        (5, 4, 7),  # (5 + 1) * 4 min / 4 = 6, the next step is 7
        (0, 4, 1),  # 4 min / 4 = 1
        (2, 4, 3),
        (9, 2, 20),  # 20
        (10, 2, 30),  # 22
    ],
)
def test_the_estimate_is_the_time_in_which_enough_agents_become_free(
    ahead: int, agents: int, minutes: int
) -> None:
    staff = [_staff("account", staffed=agents)]
    estimate = rules.estimate_wait(ACCOUNT, {ACCOUNT.name: ahead}, staff, FOUR_MINUTES, POLICY)
    assert estimate == Estimate(minutes)


def test_a_wait_beyond_the_largest_step_says_so() -> None:
    staff = [_staff("account", staffed=1)]
    estimate = rules.estimate_wait(ACCOUNT, {ACCOUNT.name: 15}, staff, FOUR_MINUTES, POLICY)
    assert estimate == Estimate(60, or_more=True)


def test_a_free_agent_means_the_smallest_step_even_without_experience() -> None:
    staff = [_staff("account", staffed=3, ready=1)]
    assert rules.estimate_wait(ACCOUNT, {}, staff, {}, POLICY) == Estimate(1)


def test_the_wait_is_unknown_where_nobody_serves_or_too_little_was_handled() -> None:
    busy = [_staff("account", staffed=3)]
    assert rules.estimate_wait(ACCOUNT, {}, [], FOUR_MINUTES, POLICY) is None
    few = {ACCOUNT.name: Handled(4, timedelta(minutes=16))}
    assert rules.estimate_wait(ACCOUNT, {}, busy, few, POLICY) is None


def test_a_queue_with_little_experience_uses_that_of_all() -> None:
    handled = {
        ACCOUNT.name: Handled(1, timedelta(minutes=50)),
        QueueName("limit-zh"): Handled(9, timedelta(minutes=50)),
    }
    staff = [_staff("account", staffed=10)]  # mean 10 min, 10 agents
    assert rules.estimate_wait(ACCOUNT, {}, staff, handled, POLICY) == Estimate(1)


def test_other_queues_count_by_the_share_of_agents_who_serve_both() -> None:
    staff = [_staff("account", staffed=3), _staff("account", "limit", staffed=1)]
    staff.append(_staff("limit", staffed=1))
    ahead = {ACCOUNT.name: 2, QueueName("limit-zh"): 10}  # half of limit's agents serve both: 5
    assert rules.estimate_wait(ACCOUNT, ahead, staff, FOUR_MINUTES, POLICY) == Estimate(10)


def test_place_counts_those_before_in_the_same_queue() -> None:
    me = _waiter("me", waited=20)
    waiting = [me, _waiter("old", waited=90), _waiter("new", waited=5), _waiter("x", "limit-zh")]
    staff = [_staff("account", staffed=2)]
    state = rules.queue_state(ACCOUNT, waiting, staff, {}, POLICY, now=NOW, waiter=me)
    assert (state.place, state.waiting, state.staffed, state.closed) == (2, 3, 2, False)
    assert state.longest_wait == timedelta(seconds=90)


def test_a_queue_is_closed_where_nobody_on_duty_may_serve_it() -> None:
    waiting = [replace(_waiter("cb"), callback=True)]
    english = [_staff("account", staffed=5, language="en")]
    state = rules.queue_state(ACCOUNT, waiting, english, FOUR_MINUTES, POLICY, now=NOW)
    assert state.closed
    assert (state.waiting, state.callbacks, state.estimate) == (0, 1, None)
    assert not state.callback_offered


def test_a_queue_that_is_served_by_overflow_only_is_open() -> None:
    state = rules.queue_state(ACCOUNT, [], [_staff("general", staffed=1)], {}, POLICY, now=NOW)
    assert not state.closed


def test_a_call_back_is_offered_where_the_wait_is_long_or_will_be() -> None:
    busy = [_staff("account", staffed=1)]
    short = rules.queue_state(
        ACCOUNT, [], [_staff("account", staffed=9, ready=2)], FOUR_MINUTES, POLICY, now=NOW
    )
    assert not short.callback_offered
    long = rules.queue_state(ACCOUNT, [], busy, FOUR_MINUTES, POLICY, now=NOW)
    assert long.callback_offered
    me = _waiter("me", waited=61)
    waited = rules.queue_state(ACCOUNT, [me], busy, {}, POLICY, now=NOW, waiter=me)
    assert waited.callback_offered


_WAITERS = st.builds(
    replace,
    st.just(_waiter("one")),
    queue=st.sampled_from([*POLICY.queues, QueueName("dropped-zh")]),
    urgent=st.booleans(),
    callback=st.booleans(),
    reachable=st.booleans(),
    not_before=st.sampled_from([None, NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)]),
    since=st.integers(0, 600).map(lambda seconds: NOW - timedelta(seconds=seconds)),
)


@given(
    waiting=st.lists(_WAITERS, max_size=12),
    staffed=st.lists(st.sampled_from(["account", "limit", "urgent", "general"]), max_size=3),
)
def test_all_queues_at_once_are_what_each_is_alone(
    waiting: list[Waiter], staffed: list[str]
) -> None:
    staff = [_staff(skill, staffed=2, ready=1) for skill in sorted(set(staffed))]
    assert rules.queue_states(waiting, staff, FOUR_MINUTES, POLICY, now=NOW) == [
        rules.queue_state(queue, waiting, staff, FOUR_MINUTES, POLICY, now=NOW)
        for queue in POLICY.queues.values()
    ]


def test_staff_are_counted_by_what_they_can_do() -> None:
    ready = Agent(
        id=AgentId("a"),
        languages=frozenset(("zh",)),
        skills=frozenset(("account",)),
        wanted=Wanted.READY,
        wanted_since=NOW,
        phone="sip:a@192.0.2.1",
    )
    talking = replace(ready, id=AgentId("b"), talk=InteractionId("i"))
    out = replace(ready, id=AgentId("c"), wanted=Wanted.LOGGED_OUT)
    assert rules.profiles([ready, talking, out], POLICY, now=NOW) == (
        AgentProfile(ready.skills, ready.languages, 2, 1),
    )


def _group(outcome: LeaveOutcome | None, seconds: float, count: int = 1) -> WaitGroup:
    waited = timedelta(seconds=seconds)
    return WaitGroup(ACCOUNT.name, outcome, -int(-seconds // 1), count, waited * count, waited)


def test_the_figures_of_the_worked_example() -> None:
    groups = [
        _group("answered", 8, 6),
        _group("answered", 20, 1),
        _group("answered", 20.4, 1),
        _group("abandoned", 3),
        _group("abandoned", 95),
        _group("callback", 70),
        _group("message", 1),
        _group("transferred", 30),
        _group(None, 40),
    ]
    (figures,) = rules.service(groups, POLICY)
    assert (figures.offered, figures.answered, figures.answered_in_time) == (14, 8, 7)
    assert (figures.abandoned, figures.callbacks, figures.messages) == (2, 1, 1)
    assert (figures.transferred, figures.waiting) == (1, 1)
    assert figures.service_level == pytest.approx(0.5)
    assert figures.connect_rate == pytest.approx(8 / 14)
    assert figures.abandon_rate == pytest.approx(2 / 14)
    assert figures.mean_wait == timedelta(seconds=11.05)
    assert figures.longest_wait == timedelta(seconds=95)


def test_the_figures_of_a_queue_without_anybody_are_unknown_and_not_perfect() -> None:
    (figures,) = rules.service([WaitGroup(ACCOUNT.name, None, 0, 0, NOW - NOW, NOW - NOW)], POLICY)
    assert (figures.service_level, figures.connect_rate, figures.mean_wait) == (None, None, None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("answered", "abandoned", "callback", "message", "transferred", None)),
            st.integers(0, 600),
            st.integers(1, 9),
        ),
        min_size=1,
    )
)
def test_the_offered_are_the_sum_of_what_became_of_them(
    stays: list[tuple[LeaveOutcome | None, int, int]],
) -> None:
    (f,) = rules.service([_group(*stay) for stay in stays], POLICY)
    parts = (f.answered, f.abandoned, f.callbacks, f.messages, f.transferred, f.waiting)
    assert f.offered == sum(parts)
    assert 0 <= f.answered_in_time <= f.answered
