"""The state machine of an agent: every pair of state and event, and what time does to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.core.ids import AgentId, InteractionId, OfferId
from cardline.core.policy import load_area
from cardline.routing import rules
from cardline.routing.model import Agent, AgentEvent, AgentStateName, Wanted

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = rules.read_policy(load_area("routing"))

S = AgentStateName
E = AgentEvent

_READY = Agent(
    id=AgentId("a"),
    languages=frozenset(("zh",)),
    skills=frozenset(("account",)),
    wanted=Wanted.READY,
    wanted_since=NOW - HOUR,
    phone="phone:1001",
    phone_until=NOW + HOUR,
)
_IN_STATE = {
    S.LOGGED_OUT: replace(_READY, wanted=Wanted.LOGGED_OUT),
    S.READY: _READY,
    S.OFFERED: replace(
        _READY,
        offer=OfferId("o"),
        offer_since=NOW,
        offer_until=NOW + POLICY.ring + POLICY.offer_grace,
    ),
    S.TALKING: replace(_READY, talk=InteractionId("i"), talk_since=NOW),
    S.WRAP_UP: replace(_READY, wrap_since=NOW, wrap_until=NOW + POLICY.wrap_up_limit),
    S.NOT_READY: replace(_READY, wanted=Wanted.NOT_READY, reason="meal"),
}

# State x event -> state after it, or the code with which the event is refused.
_OUT, _TALKING, _OFFERED = "agent-logged-out", "agent-talking", "agent-offered"
_TABLE: dict[S, dict[E, S | str]] = {
    S.LOGGED_OUT: {
        E.LOG_IN: S.NOT_READY,
        E.SET_READY: _OUT,
        E.SET_NOT_READY: _OUT,
        E.LOG_OUT: S.LOGGED_OUT,
        E.OFFER: _OUT,
        E.ACCEPT: "no-offer",
        E.DECLINE: "no-offer",
        E.NO_ANSWER: "no-offer",
        E.WITHDRAW: "no-offer",
        E.START_TALK: _OUT,
        E.END_TALK: "no-talk",
        E.END_WRAP_UP: "no-wrap-up",
        E.PHONE_LOST: S.LOGGED_OUT,
        E.PHONE_BACK: S.LOGGED_OUT,
        E.UNREACHABLE: S.LOGGED_OUT,
    },
    S.READY: {
        E.LOG_IN: S.READY,
        E.SET_READY: S.READY,
        E.SET_NOT_READY: S.NOT_READY,
        E.LOG_OUT: S.LOGGED_OUT,
        E.OFFER: S.OFFERED,
        E.ACCEPT: "no-offer",
        E.DECLINE: "no-offer",
        E.NO_ANSWER: "no-offer",
        E.WITHDRAW: "no-offer",
        E.START_TALK: S.TALKING,
        E.END_TALK: "no-talk",
        E.END_WRAP_UP: "no-wrap-up",
        E.PHONE_LOST: S.NOT_READY,
        E.PHONE_BACK: S.READY,
        E.UNREACHABLE: S.NOT_READY,
    },
    S.OFFERED: {
        E.LOG_IN: S.OFFERED,
        E.SET_READY: S.OFFERED,
        E.SET_NOT_READY: S.NOT_READY,
        E.LOG_OUT: S.LOGGED_OUT,
        E.OFFER: _OFFERED,
        E.ACCEPT: S.TALKING,
        E.DECLINE: S.NOT_READY,
        E.NO_ANSWER: S.NOT_READY,
        E.WITHDRAW: S.READY,
        E.START_TALK: _OFFERED,
        E.END_TALK: "no-talk",
        E.END_WRAP_UP: "no-wrap-up",
        E.PHONE_LOST: S.OFFERED,
        E.PHONE_BACK: S.OFFERED,
        E.UNREACHABLE: S.OFFERED,
    },
    S.TALKING: {
        E.LOG_IN: S.TALKING,
        E.SET_READY: S.TALKING,
        E.SET_NOT_READY: S.TALKING,
        E.LOG_OUT: S.TALKING,
        E.OFFER: _TALKING,
        E.ACCEPT: "no-offer",
        E.DECLINE: "no-offer",
        E.NO_ANSWER: "no-offer",
        E.WITHDRAW: "no-offer",
        E.START_TALK: _TALKING,
        E.END_TALK: S.WRAP_UP,
        E.END_WRAP_UP: "no-wrap-up",
        E.PHONE_LOST: S.TALKING,
        E.PHONE_BACK: S.TALKING,
        E.UNREACHABLE: S.TALKING,
    },
    S.WRAP_UP: {
        E.LOG_IN: S.WRAP_UP,
        E.SET_READY: S.READY,
        E.SET_NOT_READY: S.WRAP_UP,
        E.LOG_OUT: S.LOGGED_OUT,
        E.OFFER: "agent-wrap-up",
        E.ACCEPT: "no-offer",
        E.DECLINE: "no-offer",
        E.NO_ANSWER: "no-offer",
        E.WITHDRAW: "no-offer",
        E.START_TALK: S.TALKING,
        E.END_TALK: "no-talk",
        E.END_WRAP_UP: S.READY,
        E.PHONE_LOST: S.WRAP_UP,
        E.PHONE_BACK: S.WRAP_UP,
        E.UNREACHABLE: S.WRAP_UP,
    },
    S.NOT_READY: {
        E.LOG_IN: S.NOT_READY,
        E.SET_READY: S.READY,
        E.SET_NOT_READY: S.NOT_READY,
        E.LOG_OUT: S.LOGGED_OUT,
        E.OFFER: "not-ready.meal",
        E.ACCEPT: "no-offer",
        E.DECLINE: "no-offer",
        E.NO_ANSWER: "no-offer",
        E.WITHDRAW: "no-offer",
        E.START_TALK: S.TALKING,
        E.END_TALK: "no-talk",
        E.END_WRAP_UP: "no-wrap-up",
        E.PHONE_LOST: S.NOT_READY,
        E.PHONE_BACK: S.NOT_READY,
        E.UNREACHABLE: S.NOT_READY,
    },
}


def _state(agent: Agent, now: datetime = NOW) -> S:
    return rules.state_of(agent, now=now).name


def _do(agent: Agent, event: E, *, now: datetime = NOW) -> Agent:
    step = rules.step(
        agent,
        event,
        POLICY,
        now=now,
        reason="break" if event is E.SET_NOT_READY else "",
        phone="phone:1001",
        phone_until=NOW + HOUR,
        offer=OfferId("o"),
        talk=InteractionId("i"),
    )
    return step.agent if step.verdict.allowed else agent


def test_the_table_has_every_state_and_every_event() -> None:
    assert set(_TABLE) == set(S)
    assert all(set(row) == set(E) for row in _TABLE.values())


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_every_event_in_every_state_leads_where_the_table_says(state: S, event: E) -> None:
    agent = _IN_STATE[state]
    assert _state(agent) is state
    expected = _TABLE[state][event]
    step = rules.step(
        agent,
        event,
        POLICY,
        now=NOW,
        reason="break" if event is E.SET_NOT_READY else "",
        phone="phone:1001",
        phone_until=NOW + HOUR,
        offer=OfferId("o"),
        talk=InteractionId("i"),
    )
    if isinstance(expected, S):
        assert step.verdict.allowed
        assert _state(step.agent) is expected
    else:
        assert step.verdict.codes == (expected,)
        assert step.agent is agent


@pytest.mark.parametrize(
    ("state", "after", "then"),
    [
        (S.OFFERED, POLICY.ring + POLICY.offer_grace, S.NOT_READY),
        (S.WRAP_UP, POLICY.wrap_up_limit, S.READY),
        (S.READY, HOUR, S.NOT_READY),  # the lease of the phone ends
        (S.TALKING, HOUR, S.TALKING),
        (S.NOT_READY, HOUR, S.NOT_READY),
        (S.LOGGED_OUT, HOUR, S.LOGGED_OUT),
    ],
)
def test_every_state_that_has_an_end_ends_by_itself(state: S, after: timedelta, then: S) -> None:
    agent = _IN_STATE[state]
    assert _state(agent, NOW + after - timedelta(microseconds=1)) is state
    assert _state(agent, NOW + after) is then


@pytest.mark.parametrize(
    "events",
    [
        (E.OFFER, E.ACCEPT, E.SET_NOT_READY, E.END_TALK, E.END_WRAP_UP),
        (E.START_TALK, E.SET_NOT_READY, E.END_TALK, E.END_WRAP_UP),
        (E.START_TALK, E.END_TALK, E.SET_NOT_READY, E.END_WRAP_UP),
        (E.OFFER, E.SET_NOT_READY),
        (E.START_TALK, E.SET_NOT_READY, E.PHONE_LOST, E.END_TALK, E.PHONE_BACK, E.END_WRAP_UP),
        (E.START_TALK, E.SET_NOT_READY, E.LOG_IN, E.END_TALK, E.END_WRAP_UP),
    ],
)
def test_a_break_that_was_asked_for_wins_over_any_result_of_the_call(
    events: tuple[E, ...],
) -> None:
    agent = _READY
    for event in events:
        agent = _do(agent, event)
    state = rules.state_of(agent, now=NOW)
    assert state.name is S.NOT_READY
    assert [reason.code for reason in state.reasons] == ["not-ready.break"]


@pytest.mark.parametrize("event", [E.NO_ANSWER, E.DECLINE, E.WITHDRAW])
def test_a_break_asked_for_while_an_offer_stays_open_outlives_it(event: E) -> None:
    asked = replace(_IN_STATE[S.OFFERED], wanted=Wanted.NOT_READY, reason="break")
    after = _do(asked, event)
    assert (after.wanted, after.reason) == (Wanted.NOT_READY, "break")


def test_while_talking_the_screen_says_what_follows() -> None:
    talking = _do(_IN_STATE[S.TALKING], E.SET_NOT_READY)
    assert rules.state_of(talking, now=NOW).then is Wanted.NOT_READY
    leaving = _do(talking, E.LOG_OUT)
    assert rules.state_of(leaving, now=NOW).then is Wanted.LOGGED_OUT
    gone = _do(_do(leaving, E.END_TALK), E.END_WRAP_UP)
    assert _state(gone) is S.LOGGED_OUT


def test_ready_takes_back_a_break_and_a_leave_that_were_asked_for() -> None:
    for event in (E.SET_NOT_READY, E.LOG_OUT):
        agent = _do(_do(_IN_STATE[S.TALKING], event), E.SET_READY)
        assert _state(_do(_do(agent, E.END_TALK), E.END_WRAP_UP)) is S.READY


def test_a_refreshed_page_that_logs_in_again_changes_only_the_phone() -> None:
    for state in (S.READY, S.OFFERED, S.TALKING, S.WRAP_UP, S.NOT_READY):
        before = _IN_STATE[state]
        step = rules.step(before, E.LOG_IN, POLICY, now=NOW, phone="sip:b@192.0.2.1")
        assert step.agent == replace(before, phone="sip:b@192.0.2.1", phone_until=None)


def test_logging_in_needs_a_phone_and_a_break_needs_a_known_reason() -> None:
    step = rules.step(_READY, E.LOG_IN, POLICY, now=NOW)
    assert step.verdict.codes == ("no-phone",)
    step = rules.step(_READY, E.SET_NOT_READY, POLICY, now=NOW, reason="whatever")
    assert step.verdict.codes == ("reason-unknown",)


def test_a_withdrawn_offer_costs_the_agent_nothing_of_his_turn() -> None:
    offered = _do(_READY, E.OFFER)
    later = NOW + timedelta(seconds=5)
    assert rules.idle_since(_do(offered, E.WITHDRAW, now=later)) == rules.idle_since(_READY)


def test_a_talk_that_failed_has_no_wrap_up() -> None:
    step = rules.step(_IN_STATE[S.TALKING], E.END_TALK, POLICY, now=NOW, wrap_up=False)
    assert _state(step.agent) is S.READY
    assert rules.idle_since(step.agent) == NOW


def test_an_offer_that_nobody_swept_away_still_counts_as_not_answered() -> None:
    late = NOW + POLICY.ring + POLICY.offer_grace
    offered = _IN_STATE[S.OFFERED]
    state = rules.state_of(offered, now=late)
    assert [reason.code for reason in state.reasons] == ["not-ready.no-answer"]
    assert rules.step(offered, E.ACCEPT, POLICY, now=late).verdict.codes == ("offer-expired",)


def test_who_is_away_for_a_short_time_stays_on_duty() -> None:
    away = replace(_IN_STATE[S.NOT_READY], wanted_since=NOW)
    assert rules.on_duty(away, POLICY, now=NOW + POLICY.absence_grace - timedelta(seconds=1))
    assert not rules.on_duty(away, POLICY, now=NOW + POLICY.absence_grace)
    assert not rules.on_duty(_IN_STATE[S.LOGGED_OUT], POLICY, now=NOW)
    assert not rules.on_duty(_do(_IN_STATE[S.TALKING], E.LOG_OUT), POLICY, now=NOW)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(E), st.integers(0, 120)), max_size=25))
def test_whatever_happens_reasons_are_there_exactly_when_the_agent_is_not_ready(
    events: list[tuple[E, int]],
) -> None:
    agent, now = _IN_STATE[S.LOGGED_OUT], NOW
    for event, seconds in events:
        now += timedelta(seconds=seconds)
        agent = _do(agent, event, now=now)
        state = rules.state_of(agent, now=now)
        assert (state.name is S.READY) == (state.reasons == ())
        assert agent.talk is None or agent.offer is None
        assert state.until is None or state.until > now


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(E), st.integers(0, 120)), max_size=25))
def test_whatever_happens_an_agent_can_work_again(events: list[tuple[E, int]]) -> None:
    """Nobody is stuck: end what is open, let the leases run out, log in, be ready."""
    agent, now = _READY, NOW
    for event, seconds in events:
        now += timedelta(seconds=seconds)
        agent = _do(agent, event, now=now)
    for event in (E.WITHDRAW, E.END_TALK, E.LOG_IN, E.SET_READY):
        agent = _do(agent, event, now=now)
    assert _state(replace(agent, phone_until=now + HOUR), now) is S.READY
