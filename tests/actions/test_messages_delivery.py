"""What becomes of a text after it left: unknown, delivered, never."""

from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.transaction import Transaction
from cardline.messages.actions import send_sms
from cardline.messages.delivery import find_again, take_receipt
from cardline.messages.model import FateUnknown
from cardline.messages.outcomes import MessageOutcome, Outcomes
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Purpose
from tests.actions.identity_desk import Desk
from tests.actions.test_messages_outbox import Gateway
from tests.rules.identity_people import PHONE, SUBJECT


class House(Desk):
    """A desk that hears what becomes of its messages."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.heard: list[tuple[str, bool | None]] = []
        self.outcomes = Outcomes()
        self.outcomes.add(self._hear)

    async def _hear(self, tx: Transaction, outcome: MessageOutcome) -> None:
        self.heard.append((outcome.fate, outcome.arrived))

    async def text(self, key: str = "k1") -> None:
        async with self.database.transaction() as tx:
            await send_sms(
                tx,
                config=self.config.sms,
                holder=SUBJECT.id,
                to=PHONE,
                template="marketing_stopped",
                values={},
                language="zh",
                key=key,
                stream=self.stream,
                at=self.now,
            )

    async def receipt(self, *, delivered: bool, key: str = "k1", error: str = "") -> bool:
        async with self.database.transaction() as tx:
            return await take_receipt(
                tx,
                key=key,
                delivered=delivered,
                error=error,
                at=self.now,
                outcomes=self.outcomes,
            )

    async def state(self) -> str:
        (row,) = await self.outbox()
        return str(row["state"])

    async def kinds(self) -> list[str]:
        return [kind for kind, _ in await self.journal()]


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


async def test_of_unknown_fate_it_is_not_sent_again_and_keeps_place_and_proof(
    house: House,
) -> None:
    await house.text()
    gateway = Gateway(FateUnknown("no answer"))
    assert (await house.send(gateway)).unknown == 1
    house.now += timedelta(hours=1)
    await house.send(gateway)
    assert len(gateway.given) == 1
    assert await house.state() == "unknown"
    assert await house.kinds() == ["sms.queued", "sms.unknown"]
    async with house.database.transaction() as tx:
        for number in range(2):
            contact = Contact(Purpose.REMINDER, Channel.SMS, PHONE, SUBJECT.id)
            verdict = await outreach.pass_gate(
                tx, contact, key=f"r{number}", policy=house.config.sms.policy, at=house.now
            )
        assert "cap-day" in verdict.codes, "it counts as made"
        cursor = await tx.connection.execute(
            "SELECT count(*) FROM trust_proof WHERE key = %s AND undone_at IS NULL",
            ("sms/k1",),
        )
        assert await cursor.fetchone() == (1,)


async def test_a_late_answer_or_a_receipt_settles_it(house: House) -> None:
    await house.text()
    await house.send(Gateway(FateUnknown("no answer")))
    async with house.database.transaction() as tx:
        await find_again(tx, key="k1", gateway_id="a1", at=house.now, outcomes=house.outcomes)
        await find_again(tx, key="k1", gateway_id="a1", at=house.now, outcomes=house.outcomes)
    assert await house.state() == "sent"
    assert await house.receipt(delivered=True)
    assert await house.state() == "delivered"
    assert house.heard == [("sent", True), ("delivered", True)]


async def test_receipts_are_written_once_and_delivered_beats_the_rest(house: House) -> None:
    await house.text()
    assert not await house.receipt(delivered=True), "not sent yet: to be told again"
    await house.send(Gateway())
    for delivered in (False, False, True, True, False):
        assert await house.receipt(delivered=delivered, error="" if delivered else "27")
    assert await house.state() == "delivered"
    assert await house.kinds() == ["sms.queued", "sms.sent", "sms.undelivered", "sms.delivered"]
    assert house.heard == [("undelivered", False), ("delivered", True)]
    (row,) = await house.outbox()
    told = {"sms": row["id"], "template": "marketing_stopped", "reason": "27"}
    assert ("sms.undelivered", told) in await house.journal()
    assert await house.receipt(delivered=True, key="nobody's")
