"""Withdrawal by every door: at once, confirmed once, whichever door comes next (row D2)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from typing import Any, cast

from cardline.adapters.postgres.database import Database
from cardline.core.actor import Actor
from cardline.core.ids import InteractionId
from cardline.core.phone import PhoneNumber
from cardline.hotline.acts.bank_call import stop_these_calls as key_of_a_bank_call
from cardline.hotline.acts.caller import Acting, Caller
from cardline.hotline.acts.performing import stop_marketing as key_of_the_hotline
from cardline.hotline.flows.model import Do
from cardline.hotline.services import Services
from cardline.messages.chat import actions as chat
from cardline.messages.chat.model import Visitor
from cardline.messages.inbound import receive_sms
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Purpose
from cardline.portal import preferences
from cardline.portal.model import HolderSession, SessionId
from tests.actions.chat_room import CONFIG
from tests.actions.serving_desk import HOLDER, Desk, Web

Door = Callable[[Desk, Web], Awaitable[None]]


async def page(desk: Desk, _: Web) -> None:
    """The button at /my."""
    session = cast(Any, HolderSession)(SessionId("s1"), HOLDER, None, "", None)
    async with desk.database.transaction() as tx:
        await preferences.set_marketing(
            tx,
            session,
            channel=Channel.SMS,
            wanted=False,
            everywhere=True,
            wording="",
            at=desk.now,
        )


def text(said: str) -> Door:
    async def door(desk: Desk, _: Web) -> None:
        await texts(desk, said)

    return door


async def texts(desk: Desk, said: str, phone: PhoneNumber = HOLDER.phone, more: str = "") -> None:
    """A text that comes in by the gateway."""
    async with desk.database.transaction() as tx:
        await receive_sms(
            tx,
            message=f"{desk.now.isoformat()}{said}{more}",
            from_number=phone,
            text=said,
            bank=desk.bank,
            config=desk.identity,
            at=desk.now,
        )


def key(act: Callable[[Acting], Awaitable[object]]) -> Door:
    """Key 8, in a call to us or from us."""

    async def door(desk: Desk, _: Web) -> None:
        caller = Caller(InteractionId("i1"), HOLDER.phone, "154****0001", holder=HOLDER)
        nothing = Do("", {}, {}, {}, {})
        async with desk.database.transaction() as tx:
            await act(Acting(tx, cast(Services, None), caller, nothing, desk.now))

    return door


async def word_in_a_chat(desk: Desk, _: Web) -> None:
    async with desk.database.transaction() as tx:
        await chat.say(
            tx,
            Visitor(HOLDER.id, None),
            "退订",
            language="zh",
            key=f"{desk.now.isoformat()}{await said_in_chats(desk)}",
            config=CONFIG,
            at=desk.now,
        )


async def agent(desk: Desk, web: Web) -> None:
    """Somebody who is told so in a call, another one every time."""
    call = await desk.call(proven=())
    status, _ = await web.ask("POST", f"/interactions/{call}/stop-marketing")
    assert status == 200


DOORS: dict[str, tuple[Door, str, bool]] = {
    # what is done, where it says it came from, and whether it is confirmed by a text
    "page": (page, "portal", False),
    "退订": (text("退订"), "sms", True),
    "TD": (text("td"), "sms", True),
    "T": (text("Ｔ"), "sms", True),
    "STOP": (text(" stop!"), "sms", True),
    "hotline key 8": (key(key_of_the_hotline), "hotline", False),
    "key in a bank call": (key(key_of_a_bank_call), "call", False),
    "chat": (word_in_a_chat, "chat", False),
    "agent": (agent, "agent", True),
}
"""A page, a call and a chat confirm where the holder is looking or listening already."""


async def said_in_chats(desk: Desk) -> int:
    (count,) = await desk.ask("SELECT count(*) FROM chat_message")
    return int(count)


AGAIN = ("page", "STOP", "hotline key 8", "key in a bank call", "chat", "agent")
"""One of each: which word it is makes no difference the second time."""


async def confirmed(desk: Desk) -> tuple[int, int]:
    """How often it was confirmed so far: by a text, and in a chat."""
    (counts,) = await desk.ask(
        """
        SELECT (SELECT count(*) FROM sms_outbox WHERE template = 'marketing_stopped'),
               (SELECT count(*) FROM chat_message WHERE author = 'bot' AND text LIKE '已为您停止%%')
        """
    )
    return int(counts[0]), int(counts[1])


async def may(desk: Desk) -> set[tuple[str, bool]]:
    """By which way marketing is stopped by a withdrawal, as the gate sees it."""
    async with desk.database.transaction() as tx:
        found = await outreach.permissions_of(
            tx, holder=HOLDER.id, phone=HOLDER.phone, policy=desk.identity.sms.policy, at=desk.now
        )
    return {
        (str(one.channel), "consent-withdrawn" in one.verdict.codes)
        for one in found.ways
        if one.purpose is Purpose.MARKETING and one.channel in (Channel.CALL, Channel.SMS)
    }


async def consents(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        for channel in (Channel.CALL, Channel.SMS):
            await outreach.give_consent(
                tx,
                holder=HOLDER.id,
                purpose=Purpose.MARKETING,
                channel=channel,
                source="portal",
                wording="w",
                stream="t",
                by=Actor("holder", HOLDER.id),
                at=desk.now,
            )


OPEN = {("call", False), ("sms", False)}
SHUT = {("call", True), ("sms", True)}


async def test_after_each_door_each_other_door_changes_nothing_and_nobody_is_told_twice(
    database: Database,
) -> None:
    desk = Desk(database)
    await desk.open()
    async with desk.web() as web:
        for first, second in product(DOORS, AGAIN):
            case = f"{first}, then {second}"
            desk.now += timedelta(hours=7)
            await consents(desk)
            desk.now += timedelta(seconds=1)
            assert await may(desk) == OPEN, case
            texted, chatted = await confirmed(desk)
            act, source, by_text = DOORS[first]
            await act(desk, web)
            assert await may(desk) == SHUT, f"{case}: at once"
            row = "SELECT source FROM outreach_withdrawal ORDER BY at DESC, id DESC LIMIT 1"
            assert await desk.ask(row) == [source], case
            once = texted + by_text, chatted + (first == "chat")
            assert await confirmed(desk) == once, case
            desk.now += timedelta(seconds=1)
            await DOORS[second][0](desk, web)
            assert await may(desk) == SHUT, case
            assert await confirmed(desk) == once, case
    said = await desk.ask("SELECT text FROM chat_message WHERE author = 'bot'")
    answered = sum("此前已经停止" in one for one in said)
    assert answered == len(DOORS), "whoever asks in a chat is answered every time"


async def test_one_who_texts_twice_at_the_same_moment_is_answered_once(database: Database) -> None:
    desk = Desk(database)
    await desk.open()
    await asyncio.gather(*(texts(desk, "STOP", more=str(number)) for number in range(6)))
    assert await confirmed(desk) == (1, 0)
    assert await desk.ask("SELECT count(*) FROM outreach_withdrawal") == [1]


async def test_a_number_that_nobody_knows_is_confirmed_once_as_well(database: Database) -> None:
    desk = Desk(database)
    await desk.open()
    unknown = PhoneNumber("+8613711112222")
    for _ in range(3):
        await texts(desk, "T", unknown)
        desk.now += timedelta(days=1)
    assert await desk.texts() == [(unknown, "marketing_stopped")]


async def test_whoever_has_a_number_now_is_confirmed_although_its_last_owner_had_withdrawn(
    database: Database,
) -> None:
    desk = Desk(database)
    await desk.open()
    await texts(desk, "T", PhoneNumber("+8613711112222"))
    async with desk.database.transaction() as tx:  # another holder withdrew from this very number
        await outreach.stop_marketing(
            tx,
            holder=None,
            phone=PhoneNumber("+8615400000099"),
            source="sms",
            stream="t",
            by=Actor("caller"),
            at=desk.now,
        )
        await tx.connection.execute(
            "INSERT INTO outreach_withdrawal (id, holder, phone, purpose, at, source)"
            " VALUES ('w-old', 'h9', %s, 'marketing', %s, 'sms')",
            (HOLDER.phone, desk.now),
        )
    desk.now += timedelta(seconds=1)
    await texts(desk, "STOP")
    assert (HOLDER.phone, "marketing_stopped") in await desk.texts()
