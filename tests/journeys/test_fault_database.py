"""The database is killed with calls up: calls go on, and nothing that was confirmed is lost."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.journeys.desk import kinds
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Heard, Stage, talks
from tests.journeys.recordings import recording_of
from tests.journeys.test_a_person import waits_for_a_person

Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]


async def test_calls_go_on_while_a_killed_database_comes_back(
    hurt: Stage, strangers: Strangers, holders: Holders, agents_for: AgentsFor
) -> None:
    agent = await hurt.agent(agents_for()[0])
    talker, agent_ear = await talks(hurt, strangers(), agent)
    waiter = await waits_for_a_person(hurt, strangers())
    holder = holders()
    freezer = await hurt.caller(holder["phone"])
    await freezer.choose("zh")
    chooser = await hurt.caller(strangers())
    await chooser.choose("en")

    hurt.program.postgres.kill()
    talker.ear.forget()
    agent_ear.forget()
    waiter.ear.forget()
    await chooser.press("2")
    await asyncio.gather(
        chooser.hears("en/points_menu.0"),
        talker.ear.person(AGENT_HZ),
        agent_ear.person(CALLER_HZ),
        waiter.hears("hold_music"),
    )
    await freezer.press("91")
    await freezer.hears("card_frozen", within=15)
    shown = await hurt.program.ask("holder", "show", holder["phone"])
    assert {card["state"] for card in shown["cards"]} == {"frozen"}
    await hurt.program.ready(within=10)

    newcomer = await hurt.caller(strangers(), within=10)
    await newcomer.hears("greeting")
    await talker.hang_up()
    await agent.becomes("wrap-up", within=10)
    await agent.desk.post("/agents/me/wrap-up/end")
    served = await agent.rings(within=10)
    assert served.user == waiter.number
    told = await talker.closed(recorded=True)
    assert recording_of(hurt.program, told).seconds > 1
    for caller in (freezer, chooser):
        await caller.hang_up()
        told = await caller.closed(recorded=True)
        assert told["journal"]["intact"]
    assert (await hurt.program.ask("journal", "verify"))["intact"]


async def test_every_act_that_was_confirmed_is_in_the_journal_after_the_kill(
    hurt: Stage, holders: Holders
) -> None:
    some = [holders() for _ in range(8)]
    callers = [await hurt.caller(holder["phone"]) for holder in some]
    presses = []
    for place, caller in enumerate(callers):
        presses.append(asyncio.create_task(caller.press("91")))
        await asyncio.sleep(0.15)
        if place == 4:
            hurt.program.postgres.kill()
    await asyncio.gather(*presses)
    await hurt.program.ready(within=20)

    async def outcome(number: int) -> None:
        """Each caller hears that it is done, or is sent to a person: never nothing."""
        await callers[number].hears(
            "card_frozen|freeze_person|connecting|queue_closed|already_frozen", within=20
        )

    await asyncio.gather(*(outcome(number) for number in range(len(callers))))
    confirmed = [
        holder
        for caller, holder in zip(callers, some, strict=True)
        if any("card_frozen" in name for name in Heard(caller.call).names())
    ]
    assert len(confirmed) >= 5
    for holder in confirmed:
        shown = await hurt.program.ask("holder", "show", holder["phone"])
        assert {card["state"] for card in shown["cards"]} == {"frozen"}
        told = await hurt.lead.interaction_from(holder["phone"])
        assert kinds(told).count("card.frozen") == 1
        assert told["journal"]["intact"]
    assert (await hurt.program.ask("journal", "verify"))["intact"]


async def test_a_call_that_arrives_while_the_database_is_down_is_answered(
    hurt: Stage, strangers: Strangers
) -> None:
    hurt.program.postgres.kill()
    caller = await hurt.caller(strangers(), within=15)
    await caller.hears("greeting", within=10)
    await caller.choose("zh")
    await caller.hang_up()
    assert (await caller.closed(recorded=True))["outcome"] == "hung-up"
