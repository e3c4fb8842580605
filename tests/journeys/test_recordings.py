"""One stereo file a call, and a journal that nobody can change unnoticed (point 7; row F1)."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.sim.sound import SILENCE, loudness, tone
from tests.journeys.desk import kinds
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Stage
from tests.journeys.recordings import recording_of

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]


async def test_the_caller_is_on_the_left_and_all_that_was_heard_on_the_right(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("0")
    talk = await agent.rings()
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)
    caller.call.say(SILENCE)
    await asyncio.sleep(0.6)
    caller.call.say(tone(340))
    await asyncio.sleep(0.6)
    await talk.hang_up()
    await caller.hears("goodbye")
    await caller.call.over(within=10)
    told = await caller.closed(recorded=True)

    wav = recording_of(stage.program, told)
    lasted = datetime.fromisoformat(told["closed_at"]) - datetime.fromisoformat(told["answered_at"])
    assert abs(wav.seconds - lasted.total_seconds()) < 0.5
    heard = wav.heard_by_caller()
    order = ["zh/greeting.0", "zh/main_menu.0", f"{AGENT_HZ} Hz", "zh/goodbye.0"]
    assert [name for name in heard if name in order] == order
    said = [one.name for one in wav.said_by_caller()]
    assert said[0] == f"{CALLER_HZ} Hz"
    assert said[-1] == "340 Hz"
    assert f"{AGENT_HZ} Hz" not in said
    assert told["recording"]["gaps"] == []
    assert "recording.stored" in kinds(told)


async def test_nothing_of_a_secret_entry_is_on_the_record_and_what_follows_is(
    stage: Stage, holders: Callable[..., dict[str, Any]]
) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    caller.call.say(tone(340))
    await asyncio.sleep(0.5)
    await caller.press("11")
    await caller.hears("ask_query_password")
    caller.call.say(tone(560))
    await asyncio.sleep(0.5)
    await caller.press(holder["query_password"])
    caller.call.say(SILENCE)
    await caller.hears("balance_is")
    await asyncio.sleep(0.6)
    caller.call.say(tone(340))
    await asyncio.sleep(0.5)
    await caller.hang_up()
    told = await caller.closed(recorded=True)
    wav = recording_of(stage.program, told)
    said = [one.name for one in wav.said_by_caller()]
    assert "560 Hz" not in said
    assert said[-1] == "340 Hz"
    assert "zh/ask_query_password.0" in wav.heard_by_caller()
    tones = wav.said_by_caller()
    gap, ends, begins = max(
        (after.begins - before.ends, before.ends, after.begins) for before, after in pairwise(tones)
    )
    assert gap > 1.5
    assert loudness(wav.caller[round(ends * 8000) + 400 : round(begins * 8000) - 400]) < 20


async def test_prompts_are_whole_on_the_record_and_music_lasts_as_long_as_it_was_heard(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    await stage.agent(agents_for()[0], ready=False)
    caller = await stage.caller(strangers())
    for language in ("zh", "en"):
        await caller.hears(*(f"{language}/{name}.0" for name in ("greeting", "choose_language")))
    await caller.press("1")
    await caller.hears("main_menu")
    await caller.press("0")
    await caller.hears("connecting", "hold_music")
    await asyncio.sleep(3)
    await caller.hang_up()
    told = await caller.closed(recorded=True)
    heard = recording_of(stage.program, told).heard_by_caller()
    words = ("greeting", "recording_notice", "urgent_keys", "choose_language")
    expected = [f"{language}/{word}.0" for language in ("zh", "en") for word in words]
    assert heard[: len(expected)] == expected
    assert heard[len(expected) :][-2:] == ["zh/connecting.0", "common/hold_music"]


async def test_only_those_who_may_listen_get_the_recording_and_each_time_is_journaled(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0], ready=False)
    caller = await stage.caller(strangers())
    await caller.hears("greeting")
    await caller.hang_up()
    told = await caller.closed(recorded=True)
    refused = await agent.desk.listen(told["id"], reason="只是好奇想听听")
    assert refused.status_code == 404  # it is none of theirs
    assert (await stage.lead.listen(told["id"], reason="")).status_code == 422
    assert "recording.listened" not in kinds(await caller.interaction())
    given = await stage.lead.listen(told["id"], reason="投诉复核 2026-11")
    assert given.status_code == 200
    assert given.content == recording_of(stage.program, told).data
    assert "recording.listened" in kinds(await caller.interaction())


async def test_the_chain_of_the_journal_verifies_and_a_changed_entry_is_found(
    stage: Stage, strangers: Strangers
) -> None:
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.hang_up()
    told = await caller.closed(recorded=True)
    assert told["journal"]["intact"]
    verified = await stage.program.ask("journal", "verify")
    assert verified["intact"]
    assert verified["streams"] > 1

    change = "UPDATE journal SET body = body || %s WHERE stream = %s AND kind = %s"
    which = (told["id"], "interaction.closed")
    async with await psycopg.AsyncConnection.connect(
        EmbeddedPostgres(stage.program.home).url, autocommit=True
    ) as thief:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await thief.execute(change, (Jsonb({"outcome": "ended"}), *which))
        await thief.execute("SET session_replication_role = replica")
        await thief.execute(change, (Jsonb({"outcome": "ended"}), *which))
        found = await stage.program.tell("journal", "verify", "--json")
        await thief.execute(change, (Jsonb({"outcome": "hung-up"}), *which))
    assert found.status == 1
    assert [breach["stream"] for breach in found.json["breaches"]] == [told["id"]]
    assert (await stage.program.ask("journal", "verify"))["intact"]
