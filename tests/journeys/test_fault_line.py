"""The line is killed with calls up: the records say so, recordings are saved, it answers again."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.journeys.people import AGENT_HZ, CALLER_HZ, Stage, talks
from tests.journeys.program import until
from tests.journeys.recordings import recording_of
from tests.journeys.test_a_person import waits_for_a_person

Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]
BACK_SECONDS = 5.0


async def test_a_killed_line_answers_again_within_five_seconds_and_its_calls_are_closed(
    hurt: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await hurt.agent(agents_for()[0])
    talker, _ = await talks(hurt, strangers(), agent)
    waiter = await waits_for_a_person(hurt, strangers())
    chooser = await hurt.caller(strangers())
    await chooser.choose("zh")
    await asyncio.sleep(1.0)
    line = hurt.program.line
    media = line.children(recursive=True)

    line.kill()
    killed_at = asyncio.get_running_loop().time()
    number = strangers()

    async def is_answered() -> bool:
        try:
            again = await hurt.caller(number, within=BACK_SECONDS)
        except Exception:
            return False
        await again.hears("greeting")
        return True

    await until(is_answered, within=BACK_SECONDS + 3, what="an answer")
    assert asyncio.get_running_loop().time() - killed_at < BACK_SECONDS
    assert hurt.program.line.pid != line.pid
    assert not any(child.is_running() and child.status() != "zombie" for child in media)

    for caller in (talker, waiter, chooser):
        told = await caller.closed(recorded=True)
        assert told["outcome"] == "line-failed"
        wav = recording_of(hurt.program, told)
        assert wav.seconds > 0.5
        assert {"zh/greeting.0", "zh/main_menu.0"} & set(wav.heard_by_caller())
    told = await talker.closed(recorded=True)
    wav = recording_of(hurt.program, told)
    assert f"{AGENT_HZ} Hz" in wav.heard_by_caller()
    assert f"{CALLER_HZ} Hz" in [tone.name for tone in wav.said_by_caller()]
    assert told["legs"][1]["ended_at"]
    assert told["journal"]["intact"]
    queues = await hurt.lead.get("/queues")
    assert sum(queue["waiting"] for queue in queues) == 0
    left = [path.name for path in (hurt.program.home / "spool").glob("*.pcap")]
    assert len(left) <= 1, left

    now = await agent.now()
    assert now["state"] not in ("talking", "offered"), now


async def test_after_a_killed_line_agents_take_calls_again_without_logging_in(
    hurt: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    registered = await hurt.agent(agents_for()[0])
    fixed = await hurt.agent(agents_for()[1], fixed=True)
    hurt.program.line.kill()
    await asyncio.sleep(0.3)
    await hurt.program.ready(within=BACK_SECONDS)
    assert (await fixed.now())["state"] == "ready"
    caller = await hurt.caller(strangers())
    await caller.press("0")
    await caller.ear.person(AGENT_HZ)
    assert fixed.phone.calls or registered.phone.calls


async def test_a_line_killed_again_and_again_comes_back_each_time(
    hurt: Stage, strangers: Strangers
) -> None:
    for _ in range(3):
        caller = await hurt.caller(strangers(), within=BACK_SECONDS)
        await caller.hears("greeting")
        hurt.program.line.kill()
        told = await caller.closed(recorded=True)
        assert told["outcome"] == "line-failed"
        await hurt.program.ready(within=BACK_SECONDS)
