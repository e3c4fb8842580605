"""An agent's states on the database: the same table as the rule's, phones, journal."""

from datetime import datetime, timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AgentId, InteractionId
from cardline.routing import actions, rules
from cardline.routing.model import Agent, AgentEvent, AgentStateName, Wanted
from tests.actions.routing_floor import POLICY, T0, Floor, after

S = AgentStateName
E = AgentEvent
_ASKED = (E.LOG_IN, E.SET_READY, E.SET_NOT_READY, E.LOG_OUT)


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


async def _bring(floor: Floor, number: int, state: S) -> AgentId:
    """Bring a new agent into a state as of second 100. Each has a queue of his own language."""
    agent = await floor.agent(f"a{number}", "account", at=10)
    if state is S.LOGGED_OUT:
        await floor.ask(agent, E.LOG_OUT, at=20)
    elif state is S.NOT_READY:
        await floor.ask(agent, E.SET_NOT_READY, reason="meal", at=20)
    elif state in (S.TALKING, S.WRAP_UP):
        await floor.talk(f"i{number}", agent, at=20)
        if state is S.WRAP_UP:
            await floor.end(f"i{number}", agent, at=90)
    elif state is S.OFFERED:
        await floor.enter(f"i{number}", at=90)
        (offer,) = await floor.offers(at=90)
        assert offer.agent == agent
    assert (await floor.state(agent, at=100)).name is state
    return agent


async def _known(floor: Floor, agent: AgentId, at: datetime) -> Agent:
    async with floor.database.transaction() as tx:
        return next(one for one, _ in await actions.agent_states(tx, at=at) if one.id == agent)


async def _do(floor: Floor, agent: AgentId, number: int, event: E) -> tuple[str, ...]:
    """Make an event happen through the actions at second 100."""
    name, at = f"i{number}", after(100)
    if event in _ASKED:
        reason = "break" if event is E.SET_NOT_READY else ""
        return await floor.ask(
            agent, event, reason=reason, phone=f"sip:a{number}@192.0.2.1", at=100
        )
    async with floor.database.transaction() as tx:
        offer = await actions.open_offer(tx, interaction=InteractionId(name))
    if event is E.START_TALK:
        return await floor.talk(name, agent, at=100)
    if event is E.END_TALK:
        return await floor.end(name, agent, at=100)
    if event is E.END_WRAP_UP:
        async with floor.database.transaction() as tx:
            return (await actions.end_wrap_up(tx, agent=agent, policy=POLICY, at=at)).codes
    if offer is None:
        return ("no-offer",)
    async with floor.database.transaction() as tx:
        if event is E.ACCEPT:
            accepted = await actions.accept_offer(
                tx, offer=offer.id, token=offer.token, policy=POLICY, at=at
            )
            return accepted.verdict.codes
        if event is E.WITHDRAW:
            await actions.withdraw_offer(tx, interaction=InteractionId(name), at=at)
            return ()
        assert event is E.DECLINE
        return (await actions.decline_offer(tx, offer=offer.id, policy=POLICY, at=at)).codes


async def test_actions_do_what_the_rule_says_for_every_state_and_event(floor: Floor) -> None:
    """All pairs through the database; the rule's own table is in ``tests/rules``."""
    number = 0
    happen_elsewhere = (E.OFFER, E.NO_ANSWER, E.PHONE_LOST, E.PHONE_BACK, E.UNREACHABLE)
    for state in S:
        for event in E:
            if event in happen_elsewhere:
                continue
            number += 1
            agent = await _bring(floor, number, state)
            before = await _known(floor, agent, after(100))
            step = rules.step(
                before,
                event,
                POLICY,
                now=after(100),
                reason="break" if event is E.SET_NOT_READY else "",
                phone=before.phone,
                talk=InteractionId(f"i{number}"),
            )
            codes = await _do(floor, agent, number, event)
            known = await _known(floor, agent, after(100))
            assert codes == step.verdict.codes, (state, event)
            assert known == step.agent, (state, event)
            await floor.leave(f"i{number}", "abandoned", at=101)
            await floor.end(f"i{number}", agent, at=101)
            await floor.ask(agent, E.LOG_OUT, at=102)
    assert number == len(S) * (len(E) - len(happen_elsewhere))


async def test_a_phone_that_unregistered_makes_the_agent_unavailable_for_that_reason(
    floor: Floor,
) -> None:
    agent = await floor.agent("a1", "account", phone="phone:1001")
    assert await floor.why(agent, at=1) == ["phone-unregistered"]
    await floor.enter("i1", at=1)
    assert await floor.offers(at=2) == []

    async def report(registered: bool, at: float, lease: float | None = None) -> None:
        async with floor.database.transaction() as tx:
            await actions.phone_state(
                tx,
                phone="phone:1001",
                registered=registered,
                until=after(lease) if lease else None,
                policy=POLICY,
                at=after(at),
            )

    await report(True, 3, 63)
    await report(True, 40, 100)
    assert (await floor.state(agent, at=99)).name is S.READY
    assert await floor.why(agent, at=100) == ["phone-unregistered"]
    await report(True, 101)
    (offer,) = await floor.offers(at=102)
    await report(False, 103)
    assert (await floor.state(agent, at=104)).name is S.OFFERED
    await floor.leave(offer.interaction, "abandoned", at=105)
    assert await floor.why(agent, at=105) == ["phone-unregistered"]
    kinds = await floor.kinds("a1")
    assert kinds[-3:] == ["agent.phone-back", "agent.phone-back", "agent.phone-lost"]


async def test_one_phone_serves_one_agent(floor: Floor) -> None:
    await floor.agent("a1", "account", phone="phone:1001")
    other = await floor.agent("a2", "account", ready=False)
    assert await floor.ask(other, E.LOG_IN, phone="phone:1001", at=1) == ("phone-taken",)
    assert (await floor.state(other, at=1)).name is S.LOGGED_OUT
    await floor.ask(AgentId("a1"), E.LOG_OUT, at=2)
    assert await floor.ask(other, E.LOG_IN, phone="phone:1001", at=3) == ()
    assert await floor.why(other, at=3) == ["not-ready.logged-in", "phone-unregistered"]


async def test_a_device_can_be_changed_in_the_middle_of_a_talk(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    await floor.talk("i1", agent, at=1)
    assert await floor.ask(agent, E.LOG_IN, phone="sip:new@192.0.2.7", at=2) == ()
    assert (await floor.state(agent, at=3)).name is S.TALKING
    await floor.end("i1", agent, at=4)
    await floor.ask(agent, E.SET_READY, at=5)
    await floor.enter("i2", at=6)
    (offer,) = await floor.offers(at=7)
    assert offer.phone == "sip:new@192.0.2.7"


async def test_a_skill_counts_from_the_examination_to_its_end(floor: Floor) -> None:
    agent = await floor.agent("a1")
    async with floor.database.transaction() as tx:
        await actions.grant_skill(
            tx,
            agent=agent,
            matter="account",
            passed_at=after(10),
            expires_at=after(20),
            at=after(0),
        )
    await floor.enter("i1", at=1)
    assert await floor.offers(at=9) == []
    assert await floor.offers(at=20) == []
    (offer,) = await floor.offers(at=19)
    assert offer.agent == agent


async def test_an_agent_idle_longest_is_asked_first_after_wrap_up_too(floor: Floor) -> None:
    first = await floor.agent("a1", "account", at=0)
    second = await floor.agent("a2", "account", at=5)
    await floor.talk("i0", first, at=6)
    await floor.end("i0", first, at=7)
    async with floor.database.transaction() as tx:
        await actions.end_wrap_up(tx, agent=first, policy=POLICY, at=after(8))
        (talk,) = await actions.talks_of(tx, interaction=InteractionId("i0"))
    assert talk.ended_at == after(7)
    await floor.enter("i1", at=9)
    (offer,) = await floor.offers(at=10)
    assert offer.agent == second


async def test_refused_requests_are_journaled_with_their_verdict(floor: Floor) -> None:
    agent = await floor.agent("a1", ready=False)
    assert await floor.ask(agent, E.SET_READY, at=1) == ("agent-logged-out",)
    assert (await floor.kinds("a1"))[-1] == "agent.refused"


async def test_requests_about_nobody_are_errors_for_people(floor: Floor) -> None:
    with pytest.raises(NotFound):
        await floor.ask(AgentId("nobody"), E.SET_READY, at=0)
    with pytest.raises(NotFound):
        await floor.talk("i1", AgentId("nobody"), at=0)
    with pytest.raises(Invalid):
        await floor.agent("a1", languages=())
    agent = await floor.agent("a2")
    with pytest.raises(Invalid):
        async with floor.database.transaction() as tx:
            await actions.grant_skill(
                tx, agent=agent, matter="account", passed_at=T0, expires_at=T0, at=T0
            )


async def test_a_log_out_while_it_rings_gives_the_caller_to_the_next(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1", at=1)
    (offer,) = await floor.offers(at=2)
    assert await floor.ask(agent, E.LOG_OUT, at=3) == ()
    assert await floor.accept(offer, at=4) == ("offer-declined",)
    assert await floor.waiting(at=4) == ["i1"]
    assert (await _known(floor, agent, T0 + timedelta(seconds=4))).wanted is Wanted.LOGGED_OUT
