"""The application is killed with calls up: callers stay, and go on when it is back."""

import asyncio
from collections.abc import Callable
from typing import Any

from cardline.sim.phone import CallFailed
from tests.journeys.desk import kinds
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Caller, Heard, Stage, talks
from tests.journeys.program import Program, until
from tests.journeys.recordings import recording_of
from tests.journeys.test_a_person import waits_for_a_person

Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]


async def kill_application(program: Program) -> None:
    """Kill -9 the application, and nothing else."""
    assert program.process is not None
    program.process.kill()
    await asyncio.to_thread(program.process.wait)


async def test_callers_stay_and_go_on_when_the_application_was_killed(
    hurt: Stage, strangers: Strangers, holders: Holders, agents_for: AgentsFor
) -> None:
    program = hurt.program
    earlier = len(program.log)
    agent = await hurt.agent(agents_for()[0])
    talker, agent_ear = await talks(hurt, strangers(), agent)
    waiter = await waits_for_a_person(hurt, strangers())
    holder = holders()
    chooser = await hurt.caller(holder["phone"])
    await chooser.choose("en")
    typing = await hurt.caller(strangers())
    await typing.choose("zh")
    await typing.press("11")
    await typing.hears("ask_card_tail")
    before = {caller.number: (await caller.interaction())["id"] for caller in hurt.callers}

    for alone in (waiter, chooser, typing):
        alone.ear.forget()
    await kill_application(program)
    talker.ear.forget()
    agent_ear.forget()
    for alone in (waiter, chooser, typing):
        await alone.hears("please_hold", "hold_music")
    await asyncio.gather(talker.ear.person(AGENT_HZ), agent_ear.person(CALLER_HZ))

    program.launch()
    await program.ready()
    await chooser.hears("en/resumed.0", "en/main_menu.0", within=10)
    await chooser.press("1")
    await chooser.hears("en/account_menu.0")
    await typing.hears("zh/resumed.0", "zh/main_menu.0")
    await waiter.hears("connecting", "hold_music")
    await chooser.press("9")
    await chooser.hears("freeze_offer")
    await chooser.press("1")
    await chooser.hears("card_frozen")

    talker.ear.forget()
    agent_ear.forget()
    await asyncio.gather(talker.ear.person(AGENT_HZ), agent_ear.person(CALLER_HZ))
    assert (await agent.now())["state"] == "talking"
    assert {c.number: (await c.interaction())["id"] for c in hurt.callers} == before

    await talker.hang_up()
    await agent.becomes("wrap-up")
    await agent.desk.post("/agents/me/wrap-up/end")
    served = await agent.rings()
    assert served.user == waiter.number
    await served.answered(within=10)
    await waiter.ear.person(AGENT_HZ)

    told = await talker.closed(recorded=True)
    wav = recording_of(program, told)
    assert told["recording"]["gaps"] == []
    assert {f"{AGENT_HZ} Hz", "zh/greeting.0"} <= set(wav.heard_by_caller())
    assert told["journal"]["intact"]
    assert "Traceback" not in program.log[earlier:]


async def test_who_hangs_up_while_the_application_is_away_is_closed_in_the_records(
    hurt: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    program = hurt.program
    agent = await hurt.agent(agents_for()[0])
    talker, _ = await talks(hurt, strangers(), agent)
    waiter = await waits_for_a_person(hurt, strangers())
    left = await hurt.caller(strangers())
    await left.choose("zh")
    await kill_application(program)
    await asyncio.gather(*(caller.hang_up() for caller in (talker, waiter, left)))
    await asyncio.sleep(0.5)
    assert agent.phone.calls == []
    program.launch()
    await program.ready()
    for caller in (talker, waiter, left):
        told = await caller.closed(recorded=True)
        assert told["outcome"] == "hung-up"
        assert told["recording"]["gaps"] == []
    now = await agent.now()
    assert now["state"] in ("wrap-up", "ready"), now
    queues = await hurt.lead.get("/queues")
    assert sum(queue["waiting"] for queue in queues) == 0


async def test_a_call_that_rings_while_the_application_is_away_is_answered_when_it_is_back(
    hurt: Stage, strangers: Strangers
) -> None:
    await kill_application(hurt.program)
    hurt.program.launch()
    number = strangers()

    async def answered() -> Caller | None:
        """Ring; while nobody is there the network is told to try again soon."""
        try:
            return await hurt.caller(number, within=20)
        except CallFailed as refused:
            if refused.status != 503:
                raise
            return None

    caller = await until(answered, within=30, what="an answer")
    await caller.hears("greeting")
    await caller.choose("zh")


async def test_every_freeze_that_was_confirmed_to_a_caller_survives_the_kill(
    hurt: Stage, holders: Holders
) -> None:
    program = hurt.program
    some = [holders() for _ in range(6)]
    callers = [await hurt.caller(holder["phone"]) for holder in some]
    presses = [asyncio.create_task(caller.press("91")) for caller in callers]
    await callers[0].hears("card_frozen", within=15)
    await kill_application(program)
    await asyncio.gather(*presses)
    confirmed = [
        holder
        for caller, holder in zip(callers, some, strict=True)
        if any("card_frozen" in name for name in Heard(caller.call).names())
    ]
    assert confirmed
    program.launch()
    await program.ready()
    for holder in confirmed:
        shown = await program.ask("holder", "show", holder["phone"])
        assert {card["state"] for card in shown["cards"]} == {"frozen"}
        assert "card.frozen" in kinds(await hurt.lead.interaction_from(holder["phone"]))
