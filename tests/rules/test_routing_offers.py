"""Who is next, and for whom: tables and properties of ``routing.rules.next_offer``."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.core.ids import AgentId, CallId, InteractionId, OfferId, QueueName
from cardline.core.policy import load_area
from cardline.routing import rules
from cardline.routing.model import Agent, Language, Offer, OfferState, Proposal, Waiter, Wanted

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POLICY = rules.read_policy(load_area("routing"))
MATTERS = sorted({queue.matter for queue in POLICY.queues.values()})


def _ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def _waiter(
    name: str, matter: str = "account", language: Language = "zh", *, waited: float = 10
) -> Waiter:
    queue = rules.queue_for(matter, language, POLICY)
    return Waiter(
        wait=name,
        interaction=InteractionId(name),
        queue=queue.name,
        language=language,
        urgent=queue.urgent,
        since=_ago(waited),
        entered_at=_ago(waited),
        call=CallId(f"c-{name}"),
    )


def _agent(
    name: str, *skills: str, languages: tuple[Language, ...] = ("zh",), idle: float = 60
) -> Agent:
    return Agent(
        id=AgentId(name),
        languages=frozenset(languages),
        skills=frozenset(skills),
        wanted=Wanted.READY,
        wanted_since=_ago(idle),
        phone="sip:a@192.0.2.1",
    )


def _pairs(proposals: tuple[Proposal, ...]) -> dict[str, str]:
    return {one.waiter.wait: one.agent.id for one in proposals}


def _offers(waiting: list[Waiter], agents: list[Agent]) -> dict[str, str]:
    return _pairs(rules.next_offer(waiting, agents, POLICY, now=NOW))


def test_the_longest_waiter_gets_the_only_agent() -> None:
    waiting = [_waiter("w1", waited=5), _waiter("w2", waited=50), _waiter("w3", waited=20)]
    assert _offers(waiting, [_agent("a", "account")]) == {"w2": "a"}


def test_the_agent_idle_longest_is_chosen() -> None:
    agents = [_agent("a", "account", idle=5), _agent("b", "account", idle=500)]
    assert _offers([_waiter("w")], agents) == {"w": "b"}


def test_idle_counts_from_the_end_of_the_last_work() -> None:
    worked = replace(_agent("a", "account", idle=5000), wrap_until=_ago(1))
    assert _offers([_waiter("w")], [worked, _agent("b", "account", idle=30)]) == {"w": "b"}


def test_an_urgent_caller_comes_before_one_who_waits_longer() -> None:
    waiting = [_waiter("bill", waited=900), _waiter("theft", "urgent", waited=1)]
    assert _offers(waiting, [_agent("a", "account")]) == {"theft": "a"}


def test_an_urgent_caller_is_served_at_once_by_anybody_who_passed_anything() -> None:
    assert _offers([_waiter("theft", "urgent", waited=0)], [_agent("a", "points")]) == {
        "theft": "a"
    }
    assert _offers([_waiter("theft", "urgent", waited=0)], [_agent("untrained")]) == {}


def test_a_queue_overflows_after_its_time_and_not_before() -> None:
    general = [_agent("a", "general")]
    assert _offers([_waiter("w", waited=59.9)], general) == {}
    (proposal,) = rules.next_offer([_waiter("w", waited=60)], general, POLICY, now=NOW)
    assert proposal.overflow


def test_a_waiter_nobody_can_serve_does_not_hold_up_those_behind() -> None:
    waiting = [_waiter("english", language="en", waited=600), _waiter("w", waited=1)]
    assert _offers(waiting, [_agent("a", "account")]) == {"w": "a"}


def test_a_place_kept_from_before_counts() -> None:
    called_back = replace(_waiter("w1", waited=2), since=_ago(700), callback=True, call=None)
    waiting = [_waiter("w2", waited=300), called_back]
    assert _offers(waiting, [_agent("a", "account")]) == {"w1": "a"}


def test_a_call_back_waits_for_its_time_but_keeps_its_place() -> None:
    later = replace(_waiter("w1", waited=700), not_before=NOW + timedelta(seconds=1))
    agents = [_agent("a", "account")]
    assert _offers([later, _waiter("w2")], agents) == {"w2": "a"}
    now = NOW + timedelta(seconds=1)
    assert _pairs(rules.next_offer([later, _waiter("w2")], agents, POLICY, now=now)) == {"w1": "a"}


def test_a_caller_on_a_silent_line_is_not_offered() -> None:
    assert _offers([replace(_waiter("w"), reachable=False)], [_agent("a", "account")]) == {}


def test_a_waiter_of_a_queue_that_the_pack_dropped_is_served_by_the_fallback() -> None:
    orphan = replace(_waiter("w"), queue=QueueName("gone-zh"))
    assert _offers([orphan], [_agent("a", "general")]) == {"w": "a"}


@pytest.mark.parametrize(
    ("agent", "codes"),
    [
        (_agent("a", "account"), ()),
        (_agent("a", "account", languages=("en",)), ("language-missing",)),
        (_agent("a"), ("skill-missing",)),
        (replace(_agent("a", "account"), phone="phone:1001"), ("phone-unregistered",)),
        (
            replace(_agent("a"), wanted=Wanted.NOT_READY, reason="meal"),
            ("not-ready.meal", "skill-missing"),
        ),
        (
            replace(_agent("a", "account"), talk=InteractionId("i"), talk_reachable=False),
            ("agent-talking", "line-silent"),
        ),
    ],
)
def test_every_reason_why_not_this_agent_is_named(agent: Agent, codes: tuple[str, ...]) -> None:
    assert rules.may_serve(agent, _waiter("w"), POLICY, now=NOW).codes == codes


def test_a_missing_skill_ends_by_itself_where_the_queue_overflows() -> None:
    verdict = rules.may_serve(_agent("a", "general"), _waiter("w", waited=10), POLICY, now=NOW)
    assert verdict.not_before == NOW + timedelta(seconds=50)
    never = rules.may_serve(_agent("a", "limit"), _waiter("w", "complaint"), POLICY, now=NOW)
    assert never.codes == ("skill-missing",)
    assert never.not_before is None


@pytest.mark.parametrize(
    ("state", "token", "agent", "seconds", "codes"),
    [
        ("open", "t", "a", 16.9, ()),
        ("open", "t", None, 0, ()),
        ("open", "t", "a", 17, ("offer-expired",)),
        ("open", "x", "a", 0, ("offer-token",)),
        ("open", "t", "b", 0, ("offer-not-yours",)),
        ("accepted", "t", "a", 0, ("offer-accepted",)),
        ("withdrawn", "t", "a", 99, ("offer-withdrawn",)),
        ("declined", "x", "b", 0, ("offer-token", "offer-not-yours", "offer-declined")),
    ],
)
def test_an_offer_is_accepted_once_in_time_and_by_its_own_token(
    state: OfferState, token: str, agent: str | None, seconds: float, codes: tuple[str, ...]
) -> None:
    offer = Offer(
        id=OfferId("o"),
        token="t",
        wait="w",
        interaction=InteractionId("i"),
        call=None,
        agent=AgentId("a"),
        phone="phone:1",
        queue=QueueName("account-zh"),
        urgent=False,
        callback=False,
        number="",
        since=NOW,
        made_at=NOW,
        ring_until=NOW + timedelta(seconds=15),
        expires_at=NOW + timedelta(seconds=17),
        state=state,
    )
    now = NOW + timedelta(seconds=seconds)
    verdict = rules.may_accept(offer, token=token, agent=agent, policy=POLICY, now=now)
    assert verdict.codes == codes
    assert "token" not in repr(offer)
    unknown = rules.may_accept(None, token=token, agent=agent, policy=POLICY, now=now)
    assert unknown.codes == ("offer-unknown",)


# ------------------------------------------------------------------ properties

_times = st.integers(min_value=0, max_value=300).map(_ago)
_ends = st.integers(min_value=-60, max_value=60).map(_ago)


@st.composite
def _any_waiter(draw: st.DrawFn, number: int) -> Waiter:
    language: Language = draw(st.sampled_from(("zh", "en")))
    made = _waiter(f"w{number}", draw(st.sampled_from(MATTERS)), language)
    since = draw(_times)
    return replace(
        made,
        since=since,
        entered_at=max(since, draw(_times)),
        urgent=made.urgent or draw(st.integers(0, 5)) == 0,
        not_before=draw(st.none() | _ends),
        reachable=draw(st.integers(0, 9)) > 0,
    )


@st.composite
def _any_agent(draw: st.DrawFn, number: int) -> Agent:
    wanted = draw(st.sampled_from((Wanted.READY, Wanted.READY, Wanted.READY, *Wanted)))
    offered = draw(st.integers(0, 5)) == 0
    languages: list[frozenset[Language]] = [
        frozenset(("zh",)),
        frozenset(("en",)),
        frozenset(("zh", "en")),
    ]
    return Agent(
        id=AgentId(f"a{number}"),
        languages=draw(st.sampled_from(languages)),
        skills=draw(st.frozensets(st.sampled_from(MATTERS), max_size=3)),
        wanted=wanted,
        reason="meal" if wanted is Wanted.NOT_READY else "",
        wanted_since=draw(_times),
        wrap_until=draw(st.none() | _ends),
        phone=draw(st.sampled_from(("sip:x@192.0.2.1", "phone:1"))),
        phone_until=draw(st.none() | _ends),
        offer=OfferId("o") if offered else None,
        offer_until=draw(_ends) if offered else None,
        talk=InteractionId("i") if draw(st.integers(0, 5)) == 0 else None,
    )


@st.composite
def _floors(draw: st.DrawFn) -> tuple[list[Waiter], list[Agent]]:
    waiting = [draw(_any_waiter(n)) for n in range(draw(st.integers(0, 8)))]
    agents = [draw(_any_agent(n)) for n in range(draw(st.integers(0, 8)))]
    return waiting, agents


def _may(agent: Agent, waiter: Waiter) -> bool:
    return rules.may_serve(agent, waiter, POLICY, now=NOW).allowed


@settings(max_examples=150)
@given(_floors())
def test_each_offer_is_allowed_by_the_rule_that_explains_refusals(
    floor: tuple[list[Waiter], list[Agent]],
) -> None:
    for one in rules.next_offer(*floor, POLICY, now=NOW):
        assert rules.may_serve(one.agent, one.waiter, POLICY, now=NOW).refusals == ()


@settings(max_examples=150)
@given(_floors())
def test_nobody_gets_two(floor: tuple[list[Waiter], list[Agent]]) -> None:
    proposals = rules.next_offer(*floor, POLICY, now=NOW)
    assert len({one.agent.id for one in proposals}) == len(proposals)
    assert len({one.waiter.wait for one in proposals}) == len(proposals)


@settings(max_examples=150)
@given(_floors())
def test_no_waiter_is_passed_over_for_one_behind_him(
    floor: tuple[list[Waiter], list[Agent]],
) -> None:
    """Who is left waiting could be served by nobody, or only by agents given to those before."""
    waiting, agents = floor
    given_to = {one.agent.id: one.waiter for one in rules.next_offer(*floor, POLICY, now=NOW)}
    served = {waiter.wait for waiter in given_to.values()}
    order = [waiter.wait for waiter in rules.service_order(waiting)]
    for waiter in waiting:
        if waiter.wait in served:
            continue
        for agent in agents:
            if _may(agent, waiter):
                assert agent.id in given_to
                assert order.index(given_to[agent.id].wait) < order.index(waiter.wait)


@settings(max_examples=150)
@given(_floors())
def test_the_first_who_can_be_served_gets_whoever_is_idle_longest(
    floor: tuple[list[Waiter], list[Agent]],
) -> None:
    waiting, agents = floor
    proposals = rules.next_offer(*floor, POLICY, now=NOW)
    for waiter in rules.service_order(waiting):
        able = [agent for agent in agents if _may(agent, waiter)]
        if able:
            best = min(able, key=lambda agent: (rules.idle_since(agent) or NOW, agent.id))
            assert (proposals[0].waiter, proposals[0].agent) == (waiter, best)
            return
    assert proposals == ()


@settings(max_examples=100)
@given(_floors())
def test_urgent_callers_are_served_before_others_by_whoever_may(
    floor: tuple[list[Waiter], list[Agent]],
) -> None:
    proposals = rules.next_offer(*floor, POLICY, now=NOW)
    urgent = [one.waiter.urgent for one in proposals]
    assert urgent == sorted(urgent, reverse=True)


@settings(max_examples=100)
@given(_floors(), st.data())
def test_removing_an_agent_never_changes_who_is_oldest(
    floor: tuple[list[Waiter], list[Agent]], data: st.DataObject
) -> None:
    """With fewer agents those served are served in the same order, and no newcomer overtakes."""
    waiting, agents = floor
    if not agents:
        return
    removed = data.draw(st.sampled_from(agents))
    fewer = [agent for agent in agents if agent is not removed]
    order = [waiter.wait for waiter in rules.service_order(waiting)]
    for staff in (agents, fewer):
        places = [
            order.index(one.waiter.wait)
            for one in rules.next_offer(waiting, staff, POLICY, now=NOW)
        ]
        assert places == sorted(places)
    first = next(iter(rules.next_offer(waiting, fewer, POLICY, now=NOW)), None)
    if first is not None:
        before = rules.next_offer(waiting, agents, POLICY, now=NOW)[0]
        assert order.index(before.waiter.wait) <= order.index(first.waiter.wait)


@settings(max_examples=100)
@given(_floors())
def test_the_order_in_which_the_facts_come_does_not_matter(
    floor: tuple[list[Waiter], list[Agent]],
) -> None:
    waiting, agents = floor
    assert _offers(waiting, agents) == _offers(waiting[::-1], agents[::-1])
