"""Answering, language, menu, keys (point 1 of the hotline; rows A1, A2)."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.journeys.desk import texts
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Stage


async def test_a_call_is_answered_within_a_second_and_greeted_at_once(
    stage: Stage, strangers: Callable[[], str]
) -> None:
    waits, greetings = [], []
    for _ in range(3):
        caller = await stage.caller(strangers())
        waits.append(asyncio.get_running_loop().time() - caller.dialled_at)
        heard = await caller.hears("zh/greeting.0")
        greetings.append(heard.begins - caller.dialled_at)
        await caller.hang_up()
    assert min(waits) < 1.0
    assert min(greetings) < 1.5


async def test_the_greeting_names_recording_urgent_keys_and_languages_in_both_languages(
    stage: Stage, strangers: Callable[[], str]
) -> None:
    caller = await stage.caller(strangers())
    for language in ("zh", "en"):
        for prompt in ("greeting", "recording_notice", "urgent_keys", "choose_language"):
            await caller.hears(f"{language}/{prompt}.0")


async def test_keys_choose_the_language_and_interrupt_what_is_said(
    stage: Stage, strangers: Callable[[], str]
) -> None:
    for language in ("zh", "en"):
        caller = await stage.caller(strangers())
        await caller.hears("zh/greeting.0")
        caller.ear.forget()
        pressed = await caller.press("1" if language == "zh" else "2")
        menu = await caller.hears(f"{language}/main_menu.0")
        assert menu.begins - pressed < 3.0
        assert "en/choose_language.0" not in caller.ear.names()
        await caller.press("1")
        await caller.hears(f"{language}/account_menu.0")
        await caller.press("#")
        await caller.hears(f"{language}/main_menu.0")
        await caller.press("*")
        await caller.hears(f"{language}/main_menu.0")
        await caller.hang_up()
        assert (await caller.closed())["language"] == language


async def test_a_person_answers_who_presses_zero_in_the_first_second(
    stage: Stage, strangers: Callable[[], str], agents_for: Callable[..., list[dict[str, Any]]]
) -> None:
    agent = await stage.agent(agents_for("general")[0])
    caller = await stage.caller(strangers())
    await caller.press("0")
    talk = await agent.rings()
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)
    await talk.heard_tone(CALLER_HZ)


async def test_nine_in_the_first_second_begins_to_freeze(
    stage: Stage, holders: Callable[..., dict[str, Any]]
) -> None:
    caller = await stage.caller(holders()["phone"])
    await caller.press("9")
    await caller.hears("zh/freeze_offer.0")


async def test_nothing_pressed_twice_leads_to_a_person(
    stage: Stage, strangers: Callable[[], str], agents_for: Callable[..., list[dict[str, Any]]]
) -> None:
    agent = await stage.agent(agents_for("general")[0])
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.hears("zh/main_menu.0")
    talk = await agent.rings(within=10)
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)


async def test_a_wrong_key_is_named_then_the_menu_comes_again_then_a_person(
    stage: Stage, strangers: Callable[[], str], agents_for: Callable[..., list[dict[str, Any]]]
) -> None:
    agent = await stage.agent(agents_for("points")[0])
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("2")
    await caller.hears("zh/points_menu.0")
    await caller.press("7")
    await caller.hears("zh/invalid_key.0")
    assert "zh/points_menu.0" not in caller.ear.names()
    await caller.press("8")
    await caller.hears("zh/invalid_key.0", "zh/points_menu.0")
    await caller.press("6")
    talk = await agent.rings()
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)


async def test_what_was_said_and_pressed_is_told_in_the_timeline(
    stage: Stage, strangers: Callable[[], str]
) -> None:
    caller = await stage.caller(strangers())
    await caller.choose("en")
    await caller.press("2")
    await caller.hears("en/points_menu.0")
    await caller.hang_up()
    told = await caller.closed(recorded=True)
    assert told["outcome"] == "hung-up"
    assert any("press one" in said for said in texts(told))
    keys = [line["key"] for line in told["timeline"] if "key" in line]
    assert keys == ["2", "2"]
    assert await stage.program.ask("interaction", "show", told["id"]) == told
