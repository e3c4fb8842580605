"""Many workers at one campaign: nobody is dialled twice, and nothing after the switch."""

import asyncio
from collections import Counter

from cardline.adapters.postgres.database import Database
from cardline.core.ids import AgentId
from cardline.outreach.campaigns import actions, previews
from cardline.outreach.campaigns.model import Dialled, Kind, Mode
from cardline.outreach.model import Channel
from tests.actions.campaign_floor import ALL_DAY, LEAD, POLICY, Bank

WORKERS = 6


async def dialled(bank: Bank, database: Database) -> Counter[str]:
    async with database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT entry FROM campaign_attempt")
        return Counter(row[0] for row in await cursor.fetchall())


async def test_two_workers_never_dial_one_person_twice(database: Database) -> None:
    bank = Bank(database)
    for number in range(12):
        await bank.agent(f"a{number}")
    campaign = await bank.campaign(Kind.ALERT, people=10, **ALL_DAY)

    async def work() -> list[Dialled]:
        found = []
        while isinstance(granted := await bank.dial(campaign), Dialled):
            found.append(granted)
        return found

    found = await asyncio.gather(*(work() for _ in range(WORKERS)))
    made = [call for calls in found for call in calls]
    assert len(made) == 10
    assert set((await dialled(bank, database)).values()) == {1}
    assert len({call.attempt.agent for call in made}) == 10  # and no agent is held twice


async def test_an_agent_is_held_for_one_call_whichever_campaign_is_first(
    database: Database,
) -> None:
    bank = Bank(database)
    await bank.agent()
    campaigns = [await bank.campaign(Kind.ALERT, people=2, **ALL_DAY) for _ in range(3)]
    granted = await asyncio.gather(*(bank.dial(one) for one in campaigns * 2))
    assert sum(isinstance(one, Dialled) for one in granted) == 1


async def test_nothing_is_dialled_once_the_switch_has_committed(database: Database) -> None:
    bank = Bank(database)
    for number in range(12):
        await bank.agent(f"a{number}")
    campaign = await bank.campaign(Kind.ALERT, people=12, **ALL_DAY)
    after: list[bool] = []
    stopped = asyncio.Event()

    async def work() -> None:
        while True:
            too_late = stopped.is_set()  # read before the dial is asked for
            granted = await bank.dial(campaign)
            if too_late:
                after.append(isinstance(granted, Dialled))
                return
            await asyncio.sleep(0)

    async def stop() -> None:
        async with database.transaction() as tx:
            await actions.stop_everything(tx, reason="test", by=LEAD, at=bank.now)
        stopped.set()

    workers = [asyncio.create_task(work()) for _ in range(WORKERS)]
    await stop()
    await asyncio.gather(*workers)
    assert after == [False] * WORKERS


async def test_two_predictive_campaigns_do_not_both_reckon_with_the_same_agent(
    database: Database,
) -> None:
    bank = Bank(database)
    await bank.agent()
    campaigns = [
        await bank.campaign(Kind.ALERT, mode=Mode.PREDICTIVE, people=2, **ALL_DAY) for _ in range(3)
    ]
    granted = await asyncio.gather(*(bank.dial(one) for one in campaigns * 2))
    assert sum(isinstance(one, Dialled) for one in granted) == 1


async def test_agents_who_look_at_once_see_different_people(database: Database) -> None:
    bank = Bank(database)
    names = [f"a{number}" for number in range(WORKERS)]
    for name in names:
        await bank.agent(name)
    campaign = await bank.campaign(Kind.CARE, mode=Mode.PREVIEW, people=WORKERS)

    async def look(name: str) -> str:
        async with database.transaction() as tx:
            found = await previews.take_preview(
                tx,
                campaign.id,
                agent=AgentId(name),
                bank=bank.bank,
                policy=POLICY,
                at=bank.now,
            )
        assert found is not None
        return found[1].id

    assert len(set(await asyncio.gather(*(look(name) for name in names)))) == WORKERS


async def test_a_message_is_written_once_by_many_workers(database: Database) -> None:
    bank = Bank(database)
    campaign = await bank.campaign(Kind.REMINDER, channel=Channel.SMS, people=10)
    await asyncio.gather(*(bank.send(campaign) for _ in range(WORKERS)))
    assert len(await dialled(bank, database)) == 10
    async with database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT count(*), count(DISTINCT key) FROM sms_outbox")
        assert await cursor.fetchone() == (10, 10)
