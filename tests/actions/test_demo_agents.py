"""Simulated agents of the demonstration: at work, and out of the way of somebody real."""

from cardline.adapters.postgres.database import Database
from cardline.app.demo.demonstration import keep_ready
from cardline.routing.model import AgentEvent, AgentStateName
from tests.actions.routing_floor import POLICY, Floor, after


async def test_simulated_agents_make_way_for_somebody_real_where_nobody_is_simulated_to_call(
    database: Database,
) -> None:
    floor = Floor(database)
    real = await floor.agent("a6003", "general", ready=False)
    made_up = await floor.agent("a6009", "general", ready=False)

    async def at_work(at: float, *, aside: bool) -> bool:
        async with database.transaction() as tx:
            await keep_ready(
                tx, made_up, {made_up: "a6009"}, aside=aside, policy=POLICY, at=after(at)
            )
        # The phone of none is registered here: whoever is logged in is not ready.
        return (await floor.state(made_up, at=at)).name is not AgentStateName.LOGGED_OUT

    assert await at_work(10, aside=True)
    await floor.ask(real, AgentEvent.LOG_IN, phone="sip:a6003@192.0.2.1", at=20)
    assert await at_work(30, aside=False)
    assert not await at_work(40, aside=True)
    assert not await at_work(50, aside=True)
    await floor.ask(real, AgentEvent.LOG_OUT, at=60)
    assert await at_work(70, aside=True)
