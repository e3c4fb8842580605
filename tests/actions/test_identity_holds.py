"""Tails and holds from other phones."""

from dataclasses import replace

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.masking import Secret
from cardline.identity import actions as identity
from cardline.identity.model import Factor, Proofs
from tests.actions.identity_desk import CALLER, Desk, other_subject
from tests.rules.identity_people import HOUR, NOW, STRANGE_PHONE, SUBJECT, proven

TAILS = Factor.CARD_AND_ID_TAILS


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, caller=STRANGE_PHONE)


async def test_both_tails_name_the_holder_and_the_star_is_an_x(desk: Desk) -> None:
    for document in ("123X", "123x", "123*"):
        checked = await desk.tails("4821", document, SUBJECT, other_subject(1))
        assert checked.proof is not None
        assert checked.proof.holder == SUBJECT.id
    assert not (await desk.tails("9999", "123X", SUBJECT)).right
    assert not (await desk.tails("4821", "1230", SUBJECT)).right


async def test_tails_that_fit_two_people_are_for_a_person_to_sort_out(desk: Desk) -> None:
    twin = replace(other_subject(1), id_tail=SUBJECT.id_tail)
    checked = await desk.tails("4821", "123X", SUBJECT, twin)
    assert checked.verdict.codes == ("ambiguous",)
    assert checked.proof is None


async def test_wrong_tails_count_per_calling_number_and_freezing_goes_further(desk: Desk) -> None:
    for _ in range(3):
        await desk.tails("0000", "0000")
    assert (await desk.tails("4821", "123X", SUBJECT)).verdict.codes == ("locked",)
    assert (await desk.tails("4821", "123X", SUBJECT, freezing=True)).right
    for _ in range(10):
        await desk.tails("0000", "0000", freezing=True)
    assert (await desk.tails("4821", "123X", SUBJECT, freezing=True)).verdict.codes == ("locked",)
    async with desk.database.transaction() as tx:
        locks = await identity.locks_of(
            tx,
            subject=None,
            caller=desk.caller,
            stream=desk.stream,
            config=desk.config,
            at=desk.now,
        )
    assert [(lock.factor, lock.freezing_too) for lock in locks] == [(TAILS, True)]
    desk.caller = None
    assert (await desk.tails("4821", "123X", SUBJECT)).right, "a withheld number counts per call"


async def test_a_number_cannot_harass_by_holds_and_the_holder_is_never_refused(desk: Desk) -> None:
    for number in range(3):
        subject = other_subject(number)
        proofs = Proofs(claimed=subject.id)
        assert await desk.hold(proofs, subject) == ()
    assert await desk.hold(proven(TAILS)) == ("holds-per-caller-day",)
    for real in (
        Factor.REGISTERED_NUMBER,
        Factor.ONE_TIME_CODE,
        Factor.QUERY_PASSWORD,
        Factor.AGENT_JUDGEMENT,
    ):
        assert await desk.hold(proven(TAILS, real)) == ()
    desk.now = NOW + 25 * HOUR
    assert await desk.hold(proven(TAILS, at=desk.now)) == ()


async def test_withheld_numbers_do_not_count_for_each_other(desk: Desk) -> None:
    desk.caller = None
    for number in range(5):
        subject = other_subject(number)
        assert await desk.hold(Proofs(claimed=subject.id), subject) == ()


async def test_the_registered_phone_is_told_of_a_hold_and_can_object(desk: Desk) -> None:
    assert await desk.hold(proven(TAILS)) == ()
    until = NOW + 48 * HOUR
    for _ in range(2):
        async with desk.database.transaction() as tx:
            await identity.announce_hold(
                tx,
                subject=SUBJECT,
                card="card1",  # type: ignore[arg-type]
                card_tail="4821",
                until=until,
                caller=desk.caller,
                config=desk.config,
                stream=desk.stream,
                at=desk.now,
            )
    assert len(await desk.outbox()) == 1, "told once"
    text = await desk.last_text()
    assert "4821" in text
    assert "11月24日11:00" in text
    word = text.partition("回复“1")[2][:4]
    async with desk.database.transaction() as tx:
        asked = {"subject": SUBJECT, "config": desk.config, "by": CALLER, "at": desk.now}
        found = await identity.check_hold_word(
            tx,
            word=Secret(word),
            stream="sms:1",
            **asked,  # type: ignore[arg-type]
        )
        assert found is not None
        assert (found.card, found.stream, found.until) == ("card1", desk.stream, until)
        await identity.object_to_hold(
            tx, subject=SUBJECT, hold=found, stream="sms:1", by=CALLER, at=desk.now
        )
    assert await desk.hold(proven(TAILS)) == ("holder-objected",)
    assert await desk.hold(proven(TAILS, Factor.AGENT_JUDGEMENT)) == ()
