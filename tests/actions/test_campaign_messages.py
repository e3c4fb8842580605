"""Campaigns by short message: the one sender, alerts that freeze, surveys that are answered."""

import re

import pytest

from cardline.adapters.postgres.database import Database
from cardline.adapters.sms.outbox import OutboxSms
from cardline.cards.model import CardState
from cardline.core.ids import CardId, HolderId
from cardline.core.phone import PhoneNumber
from cardline.messages.actions import dispatch, outbox_view
from cardline.messages.inbound import receive_sms
from cardline.outreach.campaigns.model import Kind, State
from cardline.outreach.model import Channel
from tests.actions.campaign_floor import ALL_DAY, Bank

PHONE = PhoneNumber("+8615400000001")


@pytest.fixture
def bank(database: Database) -> Bank:
    return Bank(database)


async def outbox(bank: Bank) -> list[dict[str, object]]:
    await dispatch(
        bank.database,
        OutboxSms(bank.database, clock=lambda: bank.now),
        config=bank.config.sms,
        clock=lambda: bank.now,
    )
    async with bank.database.transaction() as tx:
        return await outbox_view(tx)


async def reply(bank: Bank, text: str, number: PhoneNumber = PHONE) -> str:
    """Text the bank; returns the answer."""
    async with bank.database.transaction() as tx:
        received = await receive_sms(
            tx,
            message=f"m{text}{bank.now.timestamp()}",
            from_number=number,
            text=text,
            bank=bank.bank,
            config=bank.config,
            at=bank.now,
        )
    assert received.answer is not None
    texts = await outbox(bank)
    return str(texts[-1]["text"])


async def card_state(bank: Bank) -> CardState:
    async with bank.database.transaction() as tx:
        card = await bank.bank.card(tx, card_id=CardId("c1"))
    assert card is not None
    return card.state


async def test_reminders_are_sent_once_through_the_gate_and_then_the_campaign_is_done(
    bank: Bank,
) -> None:
    campaign = await bank.campaign(channel=Channel.SMS, people=3)
    assert await bank.send(campaign) == 3
    assert await bank.send(campaign) == 0
    texts = await outbox(bank)
    assert [one["state"] for one in texts] == ["sent"] * 3
    assert "120.00元" in str(texts[0]["text"])
    assert "12/1" in str(texts[0]["text"])
    report = await bank.report(campaign)
    assert (report.outcomes, report.talked) == ({"sent": 3}, 3)
    assert report.campaign.state is State.DONE


async def test_offers_go_only_to_those_who_consented(bank: Bank) -> None:
    campaign = await bank.campaign(Kind.OFFER, channel=Channel.SMS, people=2)
    await bank.consents(HolderId("h2"), Channel.SMS)
    await bank.send(campaign)
    report = await bank.report(campaign)
    assert report.outcomes == {"sent": 1}
    assert report.refused == {"consent-missing": 1}
    assert "拒收请回复T" in str((await outbox(bank))[-1]["text"])


async def test_at_night_a_reminder_waits_and_an_alert_does_not(bank: Bank) -> None:
    bank.later(hours=14)
    reminder = await bank.campaign(channel=Channel.SMS)
    alert = await bank.campaign(Kind.ALERT, channel=Channel.SMS)
    await bank.send(reminder)
    await bank.send(alert)
    assert (await bank.report(reminder)).outcomes == {}
    assert (await bank.report(alert)).outcomes == {"sent": 1}


async def alerted(bank: Bank) -> str:
    """Ask about a transaction; returns the word of the message."""
    campaign = await bank.campaign(Kind.ALERT, channel=Channel.SMS, **ALL_DAY)
    await bank.send(campaign)
    text = str((await outbox(bank))[-1]["text"])
    assert "5999.00元" in text
    found = re.search(r"“1(\d{4})”", text)
    assert found, "the outbox stands for the telephone: it shows the word"
    return found[1]


async def test_a_no_to_an_alert_freezes_the_card_at_once(bank: Bank) -> None:
    word = await alerted(bank)
    assert "已于" in await reply(bank, f"2{word}")
    assert await card_state(bank) is CardState.FROZEN


async def test_a_yes_to_an_alert_leaves_the_card_as_it_is(bank: Bank) -> None:
    word = await alerted(bank)
    assert "为您本人所为" in await reply(bank, f"1{word}")
    assert await card_state(bank) is CardState.ACTIVE


async def test_a_word_that_names_no_alert_freezes_nothing(bank: Bank) -> None:
    word = await alerted(bank)
    other = f"{(int(word) + 1) % 10000:04d}"
    await reply(bank, f"2{other}")
    assert await card_state(bank) is CardState.ACTIVE


async def test_somebody_elses_telephone_answers_no_alert(bank: Bank) -> None:
    word = await alerted(bank)
    await bank.holders(1)
    await reply(bank, f"2{word}", PhoneNumber("+8615400000002"))
    assert await card_state(bank) is CardState.ACTIVE


async def test_an_alert_is_answered_once(bank: Bank) -> None:
    word = await alerted(bank)
    await reply(bank, f"1{word}")
    bank.later(seconds=30)
    await reply(bank, f"2{word}")  # it names no open alert any more, nor a hold
    assert await card_state(bank) is CardState.ACTIVE


async def test_an_alert_lapses(bank: Bank) -> None:
    word = await alerted(bank)
    bank.later(hours=73)
    await reply(bank, f"2{word}")
    assert await card_state(bank) is CardState.ACTIVE


async def test_a_survey_is_answered_by_a_reply_and_the_last_word_counts(bank: Bank) -> None:
    campaign = await bank.campaign(Kind.SURVEY, channel=Channel.SMS)
    await bank.consents(HolderId("h1"), Channel.SMS)
    await bank.send(campaign)
    assert "谢谢您的评价" in await reply(bank, "PJ2")
    bank.later(minutes=1)
    await reply(bank, "评价５")
    report = await bank.report(campaign)
    assert report.dispositions == {"score-5": 1}


async def test_a_score_that_nobody_asked_for_is_answered_with_help(bank: Bank) -> None:
    await bank.holders(1)
    assert "谢谢您的评价" not in await reply(bank, "PJ5")
