"""Consent, withdrawal, blocks and the gate on a real database."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.evidence import actions as evidence
from cardline.evidence.model import Entry
from cardline.messages.actions import send_sms
from cardline.outreach import actions as outreach
from cardline.outreach.model import (
    BlockKind,
    Channel,
    Contact,
    ContactRecord,
    Outcome,
    Purpose,
    Wishes,
)
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.facts import fingerprint, judged_from
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


async def test_what_waited_overnight_uses_up_the_day_on_which_it_leaves(desk: Desk) -> None:
    assert await gate(desk, "a") == ()
    desk.now += timedelta(days=1)
    assert await gate(desk, "a") == (), "sent a day late"
    assert await gate(desk, "b") == ("cap-day",)
    desk.now -= timedelta(hours=1)
    assert await gate(desk, "a") == (), "asked by a worker whose clock is behind"
    desk.now += timedelta(hours=2)
    assert await gate(desk, "b") == ("cap-day",)


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


# ---------------------------------------------------------------- what is kept of every answer


async def ask(
    desk: Desk, purpose: Purpose, channel: Channel, key: str, **more: object
) -> tuple[str, ...]:
    async with desk.database.transaction() as tx:
        contact = Contact(purpose, channel, PHONE, SUBJECT.id, **more)  # type: ignore[arg-type]
        verdict = await outreach.pass_gate(
            tx, contact, key=key, policy=desk.config.sms.policy, at=desk.now
        )
    return verdict.codes


async def records(desk: Desk) -> dict[str, ContactRecord]:
    async with desk.database.transaction() as tx:
        found = await outreach.contacts_of(tx, holder=SUBJECT.id, limit=50)
    return {one.key: one for one in found}


async def decisions(desk: Desk, key: str) -> list[Entry]:
    async with desk.database.transaction() as tx:
        return [link.entry for link in await evidence.read_links(tx, f"contact:{key}")]


async def test_refused_contacts_are_kept_with_their_reasons_too(desk: Desk) -> None:
    assert await ask(desk, Purpose.MARKETING, Channel.CALL, "call") == ("consent-missing",)
    assert await ask(desk, Purpose.MARKETING, Channel.SMS, "text") == ()
    assert await ask(desk, Purpose.MARKETING, Channel.SMS, "more", campaign="spring") == (
        "cap-day",
    )
    kept = await records(desk)
    assert (kept["call"].answer, kept["call"].codes) == ("no", ("consent-missing",))
    assert (kept["text"].answer, kept["text"].cancelled_at) == ("yes", None)
    assert (kept["more"].answer, kept["more"].campaign) == ("later", "spring")
    assert kept["more"].not_before == NOON.replace(day=24, hour=9)
    assert all(one.rule == "cn/outreach/2026-11-27" for one in kept.values())


async def test_an_answer_is_journaled_with_all_it_rested_on_and_not_twice(desk: Desk) -> None:
    for _ in range(3):
        await ask(desk, Purpose.MARKETING, Channel.SMS, "a")
    (entry,) = await decisions(desk, "a")
    assert entry.kind == "outreach.decided"
    assert entry.body["inputs"] == fingerprint(entry.body["facts"])
    assert PHONE[3:] not in str(entry)
    again = judged_from(entry.body["facts"])
    verdict = may_contact(again[0], again[1], desk.config.sms.policy, now=again[2])
    assert entry.verdict is not None
    assert verdict.allowed is entry.verdict["allowed"]
    kept = await desk.database.run_one(
        lambda tx: _one(tx, "SELECT inputs FROM outreach_contact WHERE key = 'a'")
    )
    assert len(kept) == 64
    await stop(desk)
    await ask(desk, Purpose.MARKETING, Channel.SMS, "a")
    assert [one.verdict and one.verdict["allowed"] for one in await decisions(desk, "a")] == [
        True,
        False,
    ]


async def _one(tx: Transaction, statement: str) -> str:
    cursor = await tx.connection.execute(statement.encode())
    row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


async def test_a_refusal_takes_no_place_and_a_later_yes_takes_it_then(desk: Desk) -> None:
    desk.now = NOON.replace(hour=3)
    assert await ask(desk, Purpose.SERVICE, Channel.SMS, "a") == ("quiet-hours",)
    desk.now = NOON
    assert await ask(desk, Purpose.SERVICE, Channel.SMS, "b") == ()
    assert await ask(desk, Purpose.SERVICE, Channel.SMS, "a") == ()
    assert (await records(desk))["a"].at == NOON
    assert await ask(desk, Purpose.SERVICE, Channel.SMS, "c") == ("cap-day",)


async def test_a_contact_to_nobody_is_no_contact(desk: Desk) -> None:
    for channel, to, holder in (
        (Channel.CALL, None, SUBJECT.id),
        (Channel.LETTER, None, None),
    ):
        contact = Contact(Purpose.SERVICE, channel, to, holder)
        with pytest.raises(Invalid):
            async with desk.database.transaction() as tx:
                await outreach.pass_gate(
                    tx, contact, key="x", policy=desk.config.sms.policy, at=desk.now
                )
    letter = Contact(Purpose.SERVICE, Channel.LETTER, None, SUBJECT.id)
    async with desk.database.transaction() as tx:
        verdict = await outreach.pass_gate(
            tx, letter, key="letter", policy=desk.config.sms.policy, at=desk.now
        )
    assert verdict.allowed


async def tell(desk: Desk, key: str, outcome: Outcome) -> bool:
    async with desk.database.transaction() as tx:
        return await outreach.tell_outcome(tx, key=key, outcome=outcome, by=SYSTEM, at=desk.now)


async def test_calls_about_a_debt_count_by_how_they_ended(desk: Desk) -> None:
    for number in range(3):
        assert await ask(desk, Purpose.COLLECTION, Channel.CALL, f"c{number}") == ()
    assert await ask(desk, Purpose.COLLECTION, Channel.CALL, "d") == ("answered-today",), "open"
    for number in range(3):
        assert await tell(desk, f"c{number}", Outcome.UNANSWERED)
    assert await tell(desk, "c0", Outcome.ANSWERED) is False, "the first word holds"
    assert await tell(desk, "nobody", Outcome.ANSWERED) is False
    for number in range(3):
        assert await ask(desk, Purpose.COLLECTION, Channel.CALL, f"e{number}") == ()
        assert await tell(desk, f"e{number}", Outcome.UNANSWERED)
    assert await ask(desk, Purpose.COLLECTION, Channel.CALL, "f") == ("unanswered-today",)
    assert (await records(desk))["e0"].outcome is Outcome.UNANSWERED


async def test_an_abandoned_call_leaves_the_holder_alone_unless_an_agent_waits(desk: Desk) -> None:
    assert await ask(desk, Purpose.SERVICE, Channel.CALL, "a") == ()
    await tell(desk, "a", Outcome.ABANDONED)
    desk.now += timedelta(days=1)
    assert await ask(desk, Purpose.SERVICE, Channel.CALL, "b") == ("rest-after-abandoned",)
    assert await ask(desk, Purpose.SERVICE, Channel.CALL, "c", agent_held=True) == ()


async def test_a_complaint_tightens_in_its_own_transaction_and_loosens_when_decided(
    desk: Desk,
) -> None:
    async def tightened(*, about: bool) -> bool:
        async with desk.database.transaction() as tx:
            return await outreach.tighten(
                tx,
                holder=SUBJECT.id,
                phone=PHONE,
                complaint="k1",
                about_contacts=about,
                stream="k1",
                by=SYSTEM,
                at=desk.now,
            )

    assert await tightened(about=True) is True
    assert await tightened(about=True) is False
    assert await ask(desk, Purpose.REMINDER, Channel.CALL, "a") == ("complaint-about-calls",)
    assert await ask(desk, Purpose.REMINDER, Channel.SMS, "b") == ()
    with pytest.raises(RuntimeError):
        async with desk.database.transaction() as tx:
            await outreach.loosen(tx, complaint="k1", stream="k1", by=SYSTEM, at=desk.now)
            raise RuntimeError("the decision of the complaint failed")
    desk.now += timedelta(minutes=1)
    assert await ask(desk, Purpose.REMINDER, Channel.CALL, "c") == ("complaint-about-calls",)
    async with desk.database.transaction() as tx:
        assert await outreach.loosen(tx, complaint="k1", stream="k1", by=SYSTEM, at=desk.now)
    assert await ask(desk, Purpose.REMINDER, Channel.CALL, "d") == ()


async def test_wishes_and_the_reject_list_hold_from_the_next_question_on(desk: Desk) -> None:
    policy = desk.config.sms.policy
    given = {"holder": SUBJECT.id, "stream": "s1", "by": HOLDER, "at": desk.now}
    wished = Wishes(kinds_off=frozenset({Purpose.REMINDER}), opens=time(13))
    async with desk.database.transaction() as tx:
        assert (await outreach.set_wishes(tx, wished, policy=policy, **given)).allowed  # type: ignore[arg-type]
        assert (await outreach.set_wishes(tx, wished, policy=policy, **given)).allowed  # type: ignore[arg-type]
        assert await outreach.reject(tx, campaign="spring", **given)  # type: ignore[arg-type]
        assert not await outreach.reject(tx, campaign="spring", **given)  # type: ignore[arg-type]
        assert await outreach.reject(tx, phone=PHONE, **given)  # type: ignore[arg-type]
    found = await ask(desk, Purpose.REMINDER, Channel.SMS, "a")
    assert found == ("number-rejected", "kind-declined", "hours-declined")
    assert "campaign-rejected" in await ask(
        desk, Purpose.MARKETING, Channel.SMS, "b", campaign="spring"
    )
    entries = await desk.database.run_one(
        lambda tx: _one(tx, "SELECT count(*) FROM journal WHERE kind = 'outreach.wished'")
    )
    assert entries == "1", "unchanged wishes are not journaled again"
    async with desk.database.transaction() as tx:
        assert await outreach.unreject(tx, phone=PHONE, **given)  # type: ignore[arg-type]
        short = Wishes(opens=time(10), closes=time(11))
        refused = await outreach.set_wishes(tx, short, policy=policy, **given)  # type: ignore[arg-type]
        assert refused.codes == ("hours-too-short",)
        assert await outreach.wishes_of(tx, holder=SUBJECT.id) == replace(
            wished, campaigns_off=frozenset({"spring"})
        )
    assert await ask(desk, Purpose.REMINDER, Channel.SMS, "c") == (
        "kind-declined",
        "hours-declined",
    )


async def test_a_number_that_was_changed_lately_gets_no_marketing(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        await outreach.know_number(tx, holder=SUBJECT.id, phone=PHONE, at=desk.now)
    assert await ask(desk, Purpose.MARKETING, Channel.SMS, "a") == ("number-too-new",)
    desk.now += timedelta(days=7)
    assert await ask(desk, Purpose.MARKETING, Channel.SMS, "b") == ()


async def test_marketing_stopped_for_one_channel_goes_on_by_the_others(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        for _ in range(2):
            await outreach.withdraw(
                tx,
                purpose=Purpose.MARKETING,
                channel=Channel.CALL,
                holder=SUBJECT.id,
                phone=PHONE,
                source="portal",
                stream="s1",
                by=HOLDER,
                at=desk.now,
            )
    assert await ask(desk, Purpose.MARKETING, Channel.SMS, "a") == ()
    assert await stop(desk) is True, "all channels are more than one"
    desk.now += timedelta(days=1)
    assert await ask(desk, Purpose.MARKETING, Channel.SMS, "b") == ("consent-withdrawn",)


async def test_every_message_that_left_had_a_verdict(desk: Desk) -> None:
    for number, template in enumerate(("card_frozen", "marketing_stopped", "sms_help")):
        async with desk.database.transaction() as tx:
            await send_sms(
                tx,
                config=desk.config.sms,
                holder=SUBJECT.id,
                to=PHONE,
                template=template,
                values={"tail": "4821"} if template == "card_frozen" else {},
                language="zh",
                key=f"k{number}",
                stream="i1",
                at=desk.now,
                solicited=number > 0,
            )
    sent = await desk.send()
    assert sent.sent == 3
    passed = await desk.database.run_one(
        lambda tx: _one(
            tx,
            """
            SELECT count(*) FROM sms_embedded AS left_ JOIN outreach_contact AS gate USING (key)
            WHERE gate.answer = 'yes' AND gate.cancelled_at IS NULL AND gate.inputs <> ''
            """,
        )
    )
    assert passed == "3"
