"""Freezing from the registered phone: two keys, at once, told by SMS (point 5; row B6)."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.journeys.desk import kinds, line_of, texts
from tests.journeys.people import Stage

Holders = Callable[..., dict[str, Any]]


async def states(stage: Stage, holder: dict[str, Any]) -> dict[str, str]:
    """Return the state of each card of a holder, as the bank shows it."""
    shown = await stage.program.ask("holder", "show", holder["phone"])
    return {card["tail"]: card["state"] for card in shown["cards"]}


async def told(stage: Stage, holder: dict[str, Any]) -> list[str]:
    """Return the texts that went to a holder's registered phone."""
    outbox = await stage.program.ask("outbox")
    return [one["text"] for one in outbox if one["to"] == holder["phone"]]


async def test_two_keys_from_the_registered_phone_freeze_a_card_at_once(
    stage: Stage, holders: Holders
) -> None:
    holder = holders()
    tail = holder["cards"][0]["tail"]
    caller = await stage.caller(holder["phone"])
    pressed = await caller.press("91")
    heard = await caller.hears("zh/card_frozen.0")
    assert heard.begins - pressed < 3.0
    assert await states(stage, holder) == {tail: "frozen"}
    await caller.hang_up()
    interaction = await caller.closed()
    frozen = line_of(interaction, "card.frozen")
    assert frozen["by"] == "holder:" + interaction["holder"]
    assert any(f"尾号{tail}" in text and "已经冻结" in text for text in texts(interaction))
    assert any(tail in text and "冻结" in text for text in await told(stage, holder))


async def test_a_card_is_frozen_by_keys_in_the_middle_of_anything(
    stage: Stage, holders: Holders
) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.choose("en")
    await caller.press("1")
    await caller.hears("en/account_menu.0")
    await caller.press("9")
    await caller.hears("en/freeze_offer.0", "value", "en/freeze_offer.1")
    await caller.press("1")
    await caller.hears("en/card_frozen.0", "en/anything_else.0")
    assert set((await states(stage, holder)).values()) == {"frozen"}


async def test_of_several_cards_one_freezes_the_one_that_was_named(
    stage: Stage, holders: Holders
) -> None:
    holder = holders(cards=2)
    caller = await stage.caller(holder["phone"])
    await caller.press("9")
    await caller.hears("freeze_offer", "freeze_offer_more")
    await caller.press("1")
    await caller.hears("card_frozen")
    now = await states(stage, holder)
    assert sorted(now.values()) == ["active", "frozen"]
    frozen = next(tail for tail, state in now.items() if state == "frozen")
    await caller.hang_up()
    said = texts(await caller.closed())
    offered = [text for text in said if "立即冻结请按一" in text]
    assert frozen in offered[-1]


async def test_of_several_cards_two_names_another_one(stage: Stage, holders: Holders) -> None:
    holder = holders(cards=2)
    caller = await stage.caller(holder["phone"])
    await caller.press("9")
    await caller.hears("freeze_offer", "freeze_offer_more")
    await caller.press("2")
    await caller.hears("freeze_offer", "freeze_offer_more")
    await caller.press("1")
    await caller.hears("card_frozen")
    await caller.hang_up()
    said = texts(await caller.closed())
    first, second = [text for text in said if "立即冻结请按一" in text][:2]
    now = await states(stage, holder)
    frozen = next(tail for tail, state in now.items() if state == "frozen")
    assert frozen in second
    assert frozen not in first
    assert sorted(now.values()) == ["active", "frozen"]


async def test_of_several_cards_three_freezes_all(stage: Stage, holders: Holders) -> None:
    holder = holders(cards=2)
    caller = await stage.caller(holder["phone"])
    await caller.press("9")
    await caller.hears("freeze_offer", "freeze_offer_more")
    await caller.press("3")
    await caller.hears("cards_frozen")
    assert set((await states(stage, holder)).values()) == {"frozen"}
    assert kinds(await caller.interaction()).count("card.frozen") == 2
    assert len([text for text in await told(stage, holder) if "冻结" in text]) >= 1


async def test_who_freezes_twice_hears_that_it_is_done(stage: Stage, holders: Holders) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.press("91")
    await caller.hears("card_frozen")
    await caller.press("9")
    await caller.hears("already_frozen")
    await caller.press("#")
    await caller.hears("main_menu")


async def test_eight_callers_who_freeze_at_once_are_all_served(
    stage: Stage, holders: Holders
) -> None:
    some = [holders() for _ in range(8)]
    callers = await asyncio.gather(*(stage.caller(one["phone"]) for one in some))
    await asyncio.gather(*(caller.press("91") for caller in callers))
    await asyncio.gather(*(caller.hears("card_frozen") for caller in callers))
    for one in some[:3]:
        assert set((await states(stage, one)).values()) == {"frozen"}
