"""Many connections at once on a real PostgreSQL: every race ends in exactly one outcome."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.ids import AgentId, CallId, InteractionId
from cardline.evidence.actions import journal
from cardline.routing import actions
from cardline.routing.model import CHANNEL, AgentEvent, AgentStateName, CallsUp, Offer
from tests.actions.routing_floor import POLICY, Floor, after


@pytest.fixture
async def floor(database_url: str) -> AsyncIterator[Floor]:
    async with Database(database_url, connections=8) as database:
        yield Floor(database)


async def _rows(floor: Floor, query: str) -> list[tuple[object, ...]]:
    async with floor.database.transaction() as tx:
        cursor = await tx.connection.execute(query.encode())
        return await cursor.fetchall()


async def _check_invariants(floor: Floor) -> None:
    """What must hold at every commit, whatever was raced."""
    for what, query in {
        "an offer that was not accepted has a talk, or the reverse": """
            SELECT o.id FROM routing_offer o LEFT JOIN routing_talk t ON t.offer = o.id
            WHERE (o.state = 'accepted') <> (t.id IS NOT NULL)""",
        "a stay was answered without exactly one acceptance": """
            SELECT w.id FROM routing_wait w WHERE (coalesce(w.outcome, '') = 'answered') <>
            ((SELECT count(*) FROM routing_offer o WHERE o.wait = w.id AND o.state = 'accepted')
                = 1)""",
        "an offer is open for somebody who left": """
            SELECT o.id FROM routing_offer o JOIN routing_wait w ON w.id = o.wait
            WHERE o.state = 'open' AND w.left_at IS NOT NULL""",
        "an agent talks and is offered at once": """
            SELECT t.agent FROM routing_talk t JOIN routing_offer o ON o.agent = t.agent
            WHERE t.ended_at IS NULL AND o.state = 'open'""",
    }.items():
        assert await _rows(floor, query) == [], what


async def test_nodes_that_offer_at_once_offer_each_waiter_and_each_agent_once(
    floor: Floor,
) -> None:
    agents = [await floor.agent(f"a{n}", "account") for n in range(20)]
    made: list[Offer] = []

    async def caller(number: int) -> None:
        await floor.enter(f"i{number}", at=1)
        made.extend(await floor.offers(at=2))

    await asyncio.gather(*(caller(n) for n in range(30)))
    assert len({offer.agent for offer in made}) == len(made) == len(agents)
    assert len({offer.interaction for offer in made}) == len(made)
    await _check_invariants(floor)


async def test_eight_acceptances_of_one_offer_give_one_talk(floor: Floor) -> None:
    await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    codes = await asyncio.gather(*(floor.accept(offer, at=2) for _ in range(8)))
    assert Counter(codes) == {(): 1, ("offer-accepted",): 7}
    await _check_invariants(floor)


@pytest.mark.parametrize("seed", range(12))
async def test_an_offer_raced_by_everybody_ends_in_exactly_one_way(floor: Floor, seed: int) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)

    async def decline() -> None:
        async with floor.database.transaction() as tx:
            await actions.decline_offer(tx, offer=offer.id, policy=POLICY, at=after(17.9))

    async def hang_up_as_the_call_control_does() -> None:
        async with floor.database.transaction() as tx:
            interaction = InteractionId("i1")
            await journal(
                tx, stream=interaction, kind="call.gone", by=SYSTEM, body={}, at=after(17.9)
            )
            await actions.leave_queue(
                tx, interaction=interaction, outcome="abandoned", at=after(17.9)
            )

    async def withdraw() -> None:
        async with floor.database.transaction() as tx:
            await actions.withdraw_offer(tx, interaction=InteractionId("i1"), at=after(17.9))

    racers: list[Callable[[], Awaitable[object]]] = [
        lambda: floor.accept(offer, at=17.9),
        lambda: floor.expire(at=18),
        lambda: floor.ask(agent, AgentEvent.SET_NOT_READY, reason="break", at=17.9),
        decline,
        hang_up_as_the_call_control_does,
        withdraw,
    ]
    random.Random(seed).shuffle(racers)
    await asyncio.gather(*(racer() for racer in racers))
    ((state,),) = await _rows(floor, "SELECT state FROM routing_offer")
    ((outcome,),) = await _rows(floor, "SELECT outcome FROM routing_wait")
    assert (state, outcome) in {
        ("accepted", "answered"),
        ("expired", "abandoned"),
        ("declined", "abandoned"),
        ("withdrawn", "abandoned"),
    }
    await _check_invariants(floor)
    if state == "accepted":
        await floor.end("i1", agent, at=30)
    await floor.ask(agent, AgentEvent.LOG_IN, phone="sip:a1@192.0.2.1", at=31)
    assert "not-ready.break" in await floor.why(agent, at=200)


async def test_a_transfer_and_an_offer_never_meet_at_one_agent(floor: Floor) -> None:
    for number in range(15):
        agent = await floor.agent(f"a{number}", "account", at=number)
        await floor.enter(f"i{number}", at=number)
        made, codes = await asyncio.gather(
            floor.offers(at=number), floor.talk(f"t{number}", agent, at=number)
        )
        assert bool(made) == (codes == ("agent-offered",))
        await _check_invariants(floor)
        await floor.leave(f"i{number}", "abandoned", at=number)
        await floor.ask(agent, AgentEvent.LOG_OUT, at=number)


async def test_a_storm_of_everything_keeps_the_invariants_and_nobody_is_stuck(
    floor: Floor,
) -> None:
    agents = [await floor.agent(f"a{n}", "account", "general") for n in range(6)]
    clock = [10.0]

    def now() -> float:
        clock[0] += 0.5
        return clock[0]

    async def caller(number: int, chance: random.Random) -> None:
        name = f"i{number}"
        await floor.enter(name, chance.choice(("account", "general", "urgent")), at=now())
        for _ in range(4):
            await asyncio.sleep(0)
            async with floor.database.transaction() as tx:
                await journal(
                    tx,
                    stream=InteractionId(name),
                    kind="call.key",
                    by=SYSTEM,
                    body={},
                    at=after(now()),
                )
                if chance.random() < 0.2:
                    await actions.leave_queue(
                        tx, interaction=InteractionId(name), outcome="abandoned", at=after(now())
                    )
                elif chance.random() < 0.2:
                    await actions.request_callback(
                        tx,
                        interaction=InteractionId(name),
                        number="+8613900139000",
                        policy=POLICY,
                        at=after(now()),
                    )

    async def node(chance: random.Random) -> None:
        for _ in range(25):
            for offer in await floor.offers(at=now()):
                if chance.random() < 0.7 and await floor.accept(offer, at=now()) == ():
                    await floor.end(offer.interaction, offer.agent, at=now())
            await floor.expire(at=now())

    async def agent_at_work(agent: AgentId, chance: random.Random) -> None:
        for _ in range(25):
            event = chance.choice((AgentEvent.SET_READY, AgentEvent.SET_NOT_READY))
            await floor.ask(agent, event, reason="break", at=now())

    async def reconciler() -> None:
        for _ in range(5):
            async with floor.database.transaction() as tx:
                up = CallsUp(calls=frozenset(CallId(f"call-i{n}") for n in range(0, 40, 2)))
                await actions.reconcile(tx, up=up, policy=POLICY, at=after(now()))
            await _check_invariants(floor)

    await asyncio.gather(
        *(caller(n, random.Random(n)) for n in range(40)),
        *(node(random.Random(n)) for n in range(2)),
        *(agent_at_work(agent, random.Random(agent)) for agent in agents),
        reconciler(),
    )
    await _check_invariants(floor)
    later = now() + 1000
    await floor.expire(at=later)
    for name in await floor.waiting(at=later):
        await floor.leave(name, "abandoned", at=later)
    for agent in agents:
        assert await floor.ask(agent, AgentEvent.SET_READY, at=later) == ()
        assert (await floor.state(agent, at=later)).name is AgentStateName.READY
    for number in range(40):
        await floor.journal(f"i{number}")  # every chain holds


async def test_the_indexes_refuse_a_second_open_offer_whatever_the_program_does(
    floor: Floor,
) -> None:
    await floor.agent("a1", "account")
    await floor.agent("a2", "account", ready=False)
    await floor.enter("i1")
    await floor.enter("i2", at=1)
    await floor.offers(at=2)
    ((first,),) = await _rows(floor, "SELECT wait FROM routing_offer")
    ((second,),) = await _rows(floor, "SELECT id FROM routing_wait WHERE interaction = 'i2'")
    for wait, agent, index in (
        (first, "a2", "routing_offer_one_for_wait"),
        (second, "a1", "routing_offer_one_for_agent"),
    ):
        with pytest.raises(psycopg.errors.UniqueViolation, match=index):
            async with floor.database.transaction() as tx:
                await tx.connection.execute(
                    """
                    INSERT INTO routing_offer (id, token, wait, interaction, agent, phone,
                        overflow, made_at, ring_until, expires_at)
                    VALUES ('x', 'x', %s, 'i', %s, '', false, now(), now() + '1s', now() + '1s')
                    """,
                    (wait, agent),
                )


async def test_other_nodes_are_woken_at_the_commit(floor: Floor, database_url: str) -> None:
    agent = await floor.agent("a1", "account")
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as node:
        await node.execute(f"LISTEN {CHANNEL}".encode())
        await floor.enter("i1", at=1)
        (offer,) = await floor.offers(at=2)
        await floor.accept(offer, at=3)
        await floor.end("i1", agent, at=4)
        await floor.enter("i2", at=5)
        await floor.leave("i2", "abandoned", at=6)
        words = [notify.payload async for notify in node.notifies(timeout=5, stop_after=6)]
    assert words == [
        "entered:i1",
        f"offered:{offer.id}",
        f"closed:{offer.id}",
        "agent:a1",
        "entered:i2",
        "left:i2",
    ]
