"""The gate under many at once: caps hold, and a withdrawal beats whatever came before it."""

import asyncio
import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Outcome, Purpose
from cardline.outreach.policy import contact_policy

POLICY = contact_policy(load_area("outreach"))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOLDERS = [HolderId(f"h{number}") for number in range(4)]
PHONES = [PhoneNumber(f"+861540000000{number}") for number in range(4)]


async def consent(database: Database, holder: HolderId, at: datetime, channel: Channel) -> None:
    async with database.transaction() as tx:
        await outreach.give_consent(
            tx,
            holder=holder,
            purpose=Purpose.MARKETING,
            channel=channel,
            source="app",
            wording="consent/1",
            stream=f"holder:{holder}",
            by=SYSTEM,
            at=at,
        )


async def ask(database: Database, contact: Contact, key: str, at: datetime = NOON) -> bool:
    async with database.transaction() as tx:
        verdict = await outreach.pass_gate(tx, contact, key=key, policy=POLICY, at=at)
    return verdict.allowed


@pytest.mark.parametrize("seed", range(3))
async def test_caps_hold_over_campaigns_channels_and_numbers(database: Database, seed: int) -> None:
    for holder in HOLDERS:
        for channel in (Channel.SMS, Channel.CALL, Channel.APP):
            await consent(database, holder, NOON - timedelta(days=100), channel)
    chance = random.Random(seed)
    attempts = [
        Contact(
            Purpose.MARKETING,
            chance.choice((Channel.SMS, Channel.CALL, Channel.APP)),
            chance.choice(PHONES),  # also at numbers that others have: those have a cap too
            chance.choice(HOLDERS),
            campaign=f"c{chance.randrange(3)}",
        )
        for _ in range(80)
    ]
    room = asyncio.Semaphore(8)

    async def one(number: int, contact: Contact) -> bool:
        async with room:
            return await ask(database, contact, f"k{number}")

    await asyncio.gather(*(one(number, contact) for number, contact in enumerate(attempts)))
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(
            """
            SELECT max(n), sum(n) FROM (
                SELECT count(*) AS n FROM outreach_contact
                WHERE cancelled_at IS NULL GROUP BY holder
                UNION ALL
                SELECT count(*) FROM outreach_contact WHERE cancelled_at IS NULL GROUP BY phone
            ) AS counted
            """
        )
        row = await cursor.fetchone()
    assert row is not None
    assert row[0] == 1, "one a day, whoever asks, for the holder and for the number"
    assert row[1] >= 2


async def test_a_worker_whose_clock_is_behind_does_not_pass_as_well(database: Database) -> None:
    await consent(database, HOLDERS[0], NOON - timedelta(days=100), Channel.SMS)
    contact = Contact(Purpose.MARKETING, Channel.SMS, PHONES[0], HOLDERS[0])
    assert await ask(database, contact, "ahead", at=NOON)
    assert not await ask(database, contact, "behind", at=NOON - timedelta(milliseconds=3))


async def test_calls_on_their_way_are_never_more_than_may_be_answered(database: Database) -> None:
    contact = Contact(Purpose.COLLECTION, Channel.CALL, PHONES[0], HOLDERS[0])

    async def worker(number: int) -> int:
        passed = 0
        for attempt in range(6):
            if await ask(database, contact, f"w{number}/{attempt}"):
                passed += 1
                async with database.transaction() as tx:
                    await outreach.tell_outcome(
                        tx,
                        key=f"w{number}/{attempt}",
                        outcome=Outcome.ANSWERED,
                        by=SYSTEM,
                        at=NOON,
                    )
        return passed

    assert sum(await asyncio.gather(*(worker(number) for number in range(8)))) == 3


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_passes_after_a_withdrawal_whatever_the_order(
    database: Database, seed: int
) -> None:
    """Consent before, withdrawal and questions at once: who asks after it is refused."""
    holder, phone = HOLDERS[0], PHONES[0]
    await consent(database, holder, NOON - timedelta(days=100), Channel.SMS)
    chance = random.Random(seed)
    withdrawn = asyncio.Event()

    async def withdraw() -> None:
        await asyncio.sleep(chance.random() / 50)
        async with database.transaction() as tx:
            await outreach.stop_marketing(
                tx,
                holder=holder if seed % 2 else None,
                phone=phone,
                source="sms",
                stream="s1",
                by=SYSTEM,
                at=NOON,
            )
        withdrawn.set()

    async def campaign(number: int) -> None:
        await asyncio.sleep(chance.random() / 25)
        after = withdrawn.is_set()
        contact = Contact(Purpose.MARKETING, Channel.SMS, phone, holder)
        # A worker whose clock is behind asks for a time before the withdrawal: refused as well.
        behind = NOON - timedelta(seconds=chance.randrange(3600))
        passed = await ask(database, contact, f"k{number}", at=behind)
        assert not (after and passed)

    await asyncio.gather(withdraw(), *(campaign(number) for number in range(12)))
    contact = Contact(Purpose.MARKETING, Channel.SMS, phone, holder)
    assert not await ask(database, contact, "last", at=NOON + timedelta(days=2))


@pytest.mark.parametrize("seed", range(3))
async def test_caps_hold_however_often_the_same_contact_is_asked_about(
    database: Database, seed: int
) -> None:
    """What is asked about again, hours or a day later, is made when it was last let pass."""
    await consent(database, HOLDERS[0], NOON - timedelta(days=100), Channel.SMS)
    chance = random.Random(seed)
    morning = NOON.replace(hour=9)
    asked: list[tuple[datetime, str]] = []
    for number in range(24):
        at = morning + timedelta(days=chance.randrange(12), minutes=chance.randrange(640))
        asked.append((at, f"k{number}"))
        if chance.random() < 0.7:
            asked.append((at + timedelta(hours=chance.randrange(1, 30)), f"k{number}"))
    contact = Contact(Purpose.MARKETING, Channel.SMS, PHONES[0], HOLDERS[0])
    made: dict[str, datetime] = {}
    for at, key in sorted(asked):
        if await ask(database, contact, key, at=at):
            made[key] = at
        else:
            made.pop(key, None)
    days = [at.date() for at in made.values()]
    assert len(days) >= 3
    assert len(set(days)) == len(days), "one a day"
    for first in days:
        inside = sum(first <= day < first + timedelta(days=7) for day in days)
        assert inside <= 2, "two in seven days"
