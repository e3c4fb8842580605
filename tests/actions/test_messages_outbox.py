"""Short messages: through the gate, into the outbox, on to the gateway."""

from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.adapters.sms.outbox import OutboxSms
from cardline.core.actor import SYSTEM
from cardline.core.errors import Invalid
from cardline.messages.actions import send_sms
from cardline.messages.model import MessageState, Queued, RejectedByGateway
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind, Purpose
from tests.actions.identity_desk import Desk
from tests.rules.identity_people import NOW, PHONE, SUBJECT

NIGHT = NOW + timedelta(hours=14)  # 01:00 in Shanghai


class Gateway:
    """A gateway that does what the test says, remembering what it was given."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.given: list[tuple[str, str, str]] = []

    async def send(self, *, to: str, text: str, key: str) -> str:
        self.given.append((to, text, key))
        if self.faults:
            raise self.faults.pop(0)
        return "g1"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def send(
    desk: Desk, template: str = "card_frozen", *, key: str = "k1", **more: object
) -> Queued:
    values = {"tail": "4821"} if template == "card_frozen" else {}
    asked = {"holder": SUBJECT.id, "values": values} | more
    async with desk.database.transaction() as tx:
        return await send_sms(
            tx,
            config=desk.config.sms,
            to=PHONE,
            template=template,
            language="zh",
            key=key,
            stream=desk.stream,
            at=desk.now,
            **asked,  # type: ignore[arg-type]
        )


async def test_a_message_leaves_after_the_commit_and_is_in_the_view(desk: Desk) -> None:
    queued = await send(desk)
    assert queued.state is MessageState.QUEUED
    gateway = Gateway()
    assert (await desk.send(gateway)).sent == 1
    ((to, text, key),) = gateway.given
    assert (to, key) == (PHONE, "k1")
    assert text.startswith("【示例银行】您尾号4821的信用卡已于11月22日11:00冻结")
    (row,) = await desk.outbox()
    assert row["state"] == "sent"
    assert row["text"] == text
    assert {"id", "to", "at", "purpose", "template", "text", "state", "reasons"} <= set(row)
    kinds = [kind for kind, _ in await desk.journal()]
    assert kinds == ["sms.queued", "sms.sent"]


async def test_what_is_rolled_back_is_never_sent(desk: Desk) -> None:
    with pytest.raises(RuntimeError):
        async with desk.database.transaction() as tx:
            await send_sms(
                tx,
                config=desk.config.sms,
                holder=SUBJECT.id,
                to=PHONE,
                template="card_frozen",
                values={"tail": "4821"},
                language="zh",
                key="k1",
                stream=desk.stream,
                at=desk.now,
            )
            raise RuntimeError
    assert await desk.outbox() == []


async def test_a_refusal_is_written_down_with_its_reasons(desk: Desk) -> None:
    queued = await send(desk, "marketing_stopped", holder=None)
    assert queued.state is MessageState.REFUSED
    (row,) = await desk.outbox()
    assert row["reasons"] == [{"code": "recipient-unknown", "source": "outreach: unknown means no"}]
    gateway = Gateway()
    await desk.send(gateway)
    assert gateway.given == []
    again = await send(desk, "marketing_stopped", holder=None)
    assert again == queued


async def test_the_night_refuses_puts_off_or_lets_an_answer_pass(desk: Desk) -> None:
    desk.now = NIGHT
    assert (await send(desk, "marketing_stopped", key="a")).state is MessageState.REFUSED
    assert (
        await send(desk, "marketing_stopped", key="b", solicited=True)
    ).state is MessageState.QUEUED
    assert (await send(desk, "marketing_stopped", key="c", wait=True)).state is MessageState.QUEUED
    gateway = Gateway()
    await desk.send(gateway)
    assert [key for _, _, key in gateway.given] == ["b"]
    desk.now = NIGHT + timedelta(hours=7)  # 08:00
    await desk.send(gateway)
    assert [key for _, _, key in gateway.given] == ["b", "c"]


async def test_a_gateway_that_is_away_is_tried_again_with_growing_pauses(desk: Desk) -> None:
    await send(desk)
    gateway = Gateway(ConnectionError(), TimeoutError())
    assert (await desk.send(gateway)).later == 1
    assert (await desk.send(gateway)).later == 0, "not before its pause is over"
    desk.later(seconds=2)
    assert (await desk.send(gateway)).later == 1
    desk.later(seconds=10)
    assert (await desk.send(gateway)).sent == 1
    assert {key for _, _, key in gateway.given} == {"k1"}


async def test_it_gives_up_after_the_last_try_or_where_the_gateway_never_will(desk: Desk) -> None:
    await send(desk)
    gateway = Gateway(*(ConnectionError() for _ in range(6)))
    for _ in range(6):
        await desk.send(gateway)
        desk.later(hours=1)
    assert (await desk.outbox())[-1]["state"] == "failed"
    await send(desk, key="k2")
    assert (await desk.send(Gateway(RejectedByGateway("no such number")))).failed == 1
    kinds = [kind for kind, _ in await desk.journal()]
    assert kinds.count("sms.failed") == 2


async def test_a_sender_that_died_is_followed_by_another_with_the_same_key(desk: Desk) -> None:
    await send(desk)
    async with desk.database.transaction() as tx:
        await tx.connection.execute(
            "UPDATE sms_outbox SET state = 'sending', tries = 1, leased_until = %s",
            (desk.now + timedelta(seconds=60),),
        )
    gateway = Gateway()
    assert (await desk.send(gateway)).sent == 0
    desk.later(seconds=61)
    assert (await desk.send(gateway)).sent == 1
    assert gateway.given[0][2] == "k1"


async def test_the_gate_is_asked_again_at_the_moment_of_sending(desk: Desk) -> None:
    await send(desk)
    async with desk.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=BlockKind.WRONG_NUMBER,
            holder=None,
            phone=PHONE,
            source="returned call",
            stream="i2",
            by=SYSTEM,
            at=desk.now,
        )
    gateway = Gateway()
    assert (await desk.send(gateway)).refused == 1
    assert gateway.given == []
    assert (await desk.outbox())[-1]["state"] == "refused"


async def test_protection_goes_first(desk: Desk) -> None:
    await send(desk, "marketing_stopped", key="service", solicited=True)
    desk.later(seconds=1)
    await send(desk, key="security")
    gateway = Gateway()
    await desk.send(gateway)
    assert [key for _, _, key in gateway.given] == ["security", "service"]


async def test_a_template_cannot_borrow_another_purpose(desk: Desk) -> None:
    with pytest.raises(Invalid):
        await send(desk, purpose=Purpose.MARKETING)
    with pytest.raises(Invalid):
        await send(desk, "no_such_template")


async def test_the_embedded_outbox_keeps_a_repeated_key_once(desk: Desk) -> None:
    outbox = OutboxSms(desk.database)
    first = await outbox.send(to=PHONE, text="x", key="k")
    assert await outbox.send(to=PHONE, text="x", key="k") == first
