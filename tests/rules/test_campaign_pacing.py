"""How many calls to place: one each while progressive, never beyond the limit when predictive."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.outreach.campaigns.model import Floor, Mode
from cardline.outreach.campaigns.rules.pacing import (
    agents_free,
    allowance,
    binomial,
    calls_to_place,
    share_abandoned,
)
from cardline.sim.dialling_day import Day, live_through

FLOOR = Floor(
    ready=4,
    busy=16,
    ringing=0,
    answered=1000,
    abandoned=0,
    answer_rate=0.3,
    handling=150.0,
    lead=10.0,
)
LIMIT = 0.03


def calls(mode: Mode, floor: Floor, *, limit: float = LIMIT, lines: int = 3) -> int:
    return calls_to_place(mode, floor, limit=limit, lines_an_agent=lines)


def test_preview_never_dials_by_itself() -> None:
    assert calls(Mode.PREVIEW, FLOOR) == 0


@pytest.mark.parametrize(
    ("ready", "ringing", "placed"), [(4, 0, 4), (4, 3, 1), (0, 0, 0), (2, 5, 0)]
)
def test_progressive_places_one_call_for_each_free_agent(
    ready: int, ringing: int, placed: int
) -> None:
    assert calls(Mode.PROGRESSIVE, replace(FLOOR, ready=ready, ringing=ringing)) == placed


def test_predictive_places_more_than_there_are_agents_once_answers_have_earned_it() -> None:
    assert calls(Mode.PREDICTIVE, FLOOR) > 4


def test_predictive_begins_as_progressive() -> None:
    fresh = replace(FLOOR, answered=0, abandoned=0)
    assert calls(Mode.PREDICTIVE, fresh) == calls(Mode.PROGRESSIVE, fresh)


def test_a_campaign_at_its_limit_places_only_calls_for_which_agents_are_free() -> None:
    spent = replace(FLOOR, abandoned=30)
    assert calls(Mode.PREDICTIVE, spent) == 4


def test_a_limit_of_nothing_is_progressive_for_ever() -> None:
    assert calls(Mode.PREDICTIVE, FLOOR, limit=0.0) == 4


def test_few_lines_an_agent_bound_what_rings_whatever_the_estimates_say() -> None:
    hopeful = replace(FLOOR, answer_rate=0.01, answered=100_000)
    assert calls(Mode.PREDICTIVE, hopeful, lines=2) == 40


def test_nobody_at_work_means_no_call() -> None:
    empty = replace(FLOOR, ready=0, busy=0)
    assert calls(Mode.PREDICTIVE, empty) == 0


@given(
    ready=st.integers(0, 30),
    busy=st.integers(0, 60),
    ringing=st.integers(0, 60),
    answered=st.integers(0, 5000),
    part=st.floats(0, 1),
    rate=st.floats(0.01, 1.0),
    handling=st.floats(1, 1000),
    lead=st.floats(0.1, 60),
    limit=st.sampled_from([0.0, 0.01, 0.03, 0.1]),
)
@settings(max_examples=150, deadline=None)
def test_even_if_every_ringing_phone_is_answered_now_the_limit_holds(
    ready: int,
    busy: int,
    ringing: int,
    answered: int,
    part: float,
    rate: float,
    handling: float,
    lead: float,
    limit: float,
) -> None:
    abandoned = int(part * limit * answered)
    floor = Floor(ready, busy, ringing, answered, abandoned, rate, handling, lead)
    placed = calls(Mode.PREDICTIVE, floor, limit=limit)
    assert placed >= 0
    if placed:
        lines = ringing + placed
        without = max(0, lines - ready)
        assert abandoned + without <= limit * (answered + lines) + 1e-9


@given(answered=st.integers(0, 10_000), abandoned=st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_the_allowance_is_the_most_that_the_limit_bears(answered: int, abandoned: int) -> None:
    left = allowance(answered, abandoned, limit=LIMIT)
    if left:
        assert abandoned + left <= LIMIT * (answered + left)
    more = left + 2  # one for rounding down, one for the hair that is left free
    assert abandoned + more > LIMIT * (answered + more)


def test_shares_are_probabilities() -> None:
    assert sum(binomial(20, 0.3)) == pytest.approx(1.0)
    assert sum(agents_free(FLOOR)) == pytest.approx(1.0)
    assert share_abandoned(0, 0.3, (1.0,)) == 0.0
    assert share_abandoned(10, 1.0, (1.0,)) == pytest.approx(1.0)
    assert share_abandoned(1, 0.4, (0.0, 1.0)) == 0.0


@given(seed=st.integers(0, 1_000_000), agents=st.integers(1, 15), rate=st.floats(0.1, 0.9))
@settings(max_examples=12, deadline=None)
def test_no_hour_of_dialling_ever_passes_the_limit(seed: int, agents: int, rate: float) -> None:
    ended = live_through(Day(agents=agents, hours=0.7, answer_rates=(rate,)), Mode.PREDICTIVE, seed)
    assert ended.answered > 0
    assert ended.worst_excess == 0


def test_agents_who_leave_while_phones_ring_cost_at_most_one_person_each() -> None:
    day = Day(agents=10, hours=1.0, answer_rates=(0.5,), sudden_breaks=0.002)
    ended = live_through(day, Mode.PREDICTIVE, 3)
    assert ended.vanished > 0
    assert ended.worst_excess <= ended.vanished


def test_predictive_keeps_agents_busier_than_progressive_within_the_limit() -> None:
    day = Day(agents=20, hours=3.0)
    progressive = live_through(day, Mode.PROGRESSIVE, 1)
    predictive = live_through(day, Mode.PREDICTIVE, 1)
    assert progressive.abandoned == 0
    assert predictive.abandonment <= day.limit
    assert predictive.occupancy > 1.1 * progressive.occupancy
