"""Consent, withdrawal, blocks and the gate on a real database."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind, Channel, Contact, Purpose
from tests.actions.identity_desk import Desk
from tests.rules.identity_people import PHONE, STRANGE_PHONE, SUBJECT

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOLDER = Actor("holder", "h1")


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database, now=NOON)
    await consent(desk, NOON - timedelta(days=100))
    return desk


async def consent(desk: Desk, at: datetime) -> None:
    async with desk.database.transaction() as tx:
        await outreach.give_consent(
            tx,
            holder=SUBJECT.id,
            purpose=Purpose.MARKETING,
            channel=Channel.SMS,
            source="app",
            wording="consent/1",
            stream=desk.stream,
            by=HOLDER,
            at=at,
        )


async def stop(
    desk: Desk, holder: HolderId | None = SUBJECT.id, phone: PhoneNumber | None = PHONE
) -> bool:
    async with desk.database.transaction() as tx:
        return await outreach.stop_marketing(
            tx,
            holder=holder,
            phone=phone,
            source="hotline",
            stream=desk.stream,
            by=HOLDER,
            at=desk.now,
        )


async def gate(
    desk: Desk,
    key: str,
    purpose: Purpose = Purpose.MARKETING,
    phone: PhoneNumber = PHONE,
    holder: HolderId | None = SUBJECT.id,
) -> tuple[str, ...]:
    async with desk.database.transaction() as tx:
        verdict = await outreach.pass_gate(
            tx,
            Contact(purpose, Channel.SMS, phone, holder),
            key=key,
            policy=desk.config.sms.policy,
            at=desk.now,
        )
    return verdict.codes


async def test_a_withdrawal_is_effective_at_once_and_asking_twice_is_harmless(desk: Desk) -> None:
    assert await gate(desk, "a") == ()
    desk.now += timedelta(days=1)
    assert await stop(desk) is True
    assert await stop(desk) is False
    assert await gate(desk, "b") == ("consent-withdrawn",)
    kinds = [kind for kind, _ in await desk.journal()]
    assert kinds.count("outreach.withdrawn") == 2


async def test_a_younger_consent_opens_again_and_a_further_withdrawal_closes(desk: Desk) -> None:
    await stop(desk)
    desk.now += timedelta(days=1)
    await consent(desk, desk.now)
    assert await gate(desk, "a") == ()
    desk.now += timedelta(days=8)
    assert await stop(desk) is True
    assert await gate(desk, "b") == ("consent-withdrawn",)


async def test_an_unknown_number_can_stop_too_and_whoever_holds_it_is_left_in_peace(
    desk: Desk,
) -> None:
    assert await stop(desk, None, STRANGE_PHONE) is True
    assert await stop(desk, None, STRANGE_PHONE) is False
    assert await gate(desk, "a", phone=STRANGE_PHONE) == ("consent-withdrawn",)
    with pytest.raises(Invalid):
        await stop(desk, None, None)


async def test_stopping_marketing_leaves_protection_and_service(desk: Desk) -> None:
    await stop(desk)
    assert await gate(desk, "a", Purpose.SECURITY) == ()
    assert await gate(desk, "b", Purpose.SERVICE) == ()


async def test_a_place_is_taken_once_for_a_key_and_given_back(desk: Desk) -> None:
    assert await gate(desk, "a") == ()
    assert await gate(desk, "a") == (), "asked again at the moment of sending"
    assert await gate(desk, "b") == ("cap-day",)
    async with desk.database.transaction() as tx:
        await outreach.cancel_contact(tx, key="a", at=desk.now)
    assert await gate(desk, "b") == ()


async def test_a_cap_counts_the_holder_over_numbers(desk: Desk) -> None:
    assert await gate(desk, "a") == ()
    assert await gate(desk, "b", phone=STRANGE_PHONE) == ("cap-day",)


async def test_a_block_ends_when_it_is_lifted(desk: Desk) -> None:
    asked = {"holder": SUBJECT.id, "phone": None, "stream": "i1", "by": HOLDER}
    async with desk.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=BlockKind.NO_CONTACT,
            source="portal",
            at=desk.now,
            **asked,  # type: ignore[arg-type]
        )
    assert await gate(desk, "a", Purpose.SERVICE) == ("no-contact",)
    desk.now += timedelta(hours=1)
    async with desk.database.transaction() as tx:
        for ended in (True, False):
            found = await outreach.unblock(
                tx,
                kind=BlockKind.NO_CONTACT,
                at=desk.now,
                **asked,  # type: ignore[arg-type]
            )
            assert found is ended
    assert await gate(desk, "a", Purpose.SERVICE) == ()
