"""Two dispatchers, two campaigns: each message once, no cap broken."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.phone import PhoneNumber
from cardline.messages.actions import send_sms
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Purpose
from tests.actions.identity_desk import Desk
from tests.rules.identity_people import PHONE, SUBJECT

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class Counting:
    """A gateway that counts what it is given, and is slow."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def send(self, *, to: str, text: str, key: str) -> str:
        self.keys.append(key)
        await asyncio.sleep(0)
        return f"g-{key}"


async def consent(database: Database) -> None:
    async with database.transaction() as tx:
        await outreach.give_consent(
            tx,
            holder=SUBJECT.id,
            purpose=Purpose.MARKETING,
            channel=Channel.SMS,
            source="app",
            wording="consent/1",
            stream="i0",
            by=SYSTEM,
            at=NOON.replace(month=1),
        )


async def test_campaigns_that_race_for_one_holder_never_both_pass(database: Database) -> None:
    await consent(database)
    desk = Desk(database)

    async def campaign(number: int) -> bool:
        async with database.transaction() as tx:
            contact = Contact(Purpose.MARKETING, Channel.SMS, PHONE, SUBJECT.id)
            verdict = await outreach.pass_gate(
                tx, contact, key=f"c{number}", policy=desk.config.sms.policy, at=NOON
            )
        return verdict.allowed

    passed = await asyncio.gather(*(campaign(number) for number in range(8)))
    assert sum(passed) == 1


async def test_two_dispatchers_hand_over_each_message_once(database: Database) -> None:
    desk = Desk(database)
    async with database.transaction() as tx:
        for number in range(20):
            await send_sms(
                tx,
                config=desk.config.sms,
                holder=SUBJECT.id,
                to=PhoneNumber(PHONE),
                template="card_frozen",
                values={"tail": "4821"},
                language="zh",
                key=f"k{number}",
                stream="i1",
                at=desk.now,
            )
    gateway = Counting()
    done = await asyncio.gather(*(desk.send(gateway) for _ in range(4)))
    assert sum(one.sent for one in done) == 20
    assert sorted(gateway.keys) == sorted(f"k{number}" for number in range(20))


async def test_the_same_key_twice_at_once_is_one_message(database: Database) -> None:
    desk = Desk(database)

    async def send() -> str:
        async with database.transaction() as tx:
            queued = await send_sms(
                tx,
                config=desk.config.sms,
                holder=SUBJECT.id,
                to=PHONE,
                template="card_frozen",
                values={"tail": "4821"},
                language="zh",
                key="one",
                stream="i1",
                at=desk.now,
            )
        return queued.id

    assert len(set(await asyncio.gather(*(send() for _ in range(6))))) == 1
    assert len(await desk.outbox()) == 1
