"""Guessing in parallel gains nothing; what is used once is used once."""

import asyncio

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.masking import Secret
from cardline.identity import actions as identity
from cardline.identity.model import CodePurpose, Factor, Proofs
from tests.actions.identity_desk import CALLER, Desk, other_subject
from tests.rules.identity_people import PHONE, STRANGE_PHONE, SUBJECT, proven


def desks(database: Database, count: int) -> list[Desk]:
    return [Desk(database, stream=f"call{number}") for number in range(count)]


async def test_eight_parallel_guesses_are_three_tries(database: Database) -> None:
    await Desk(database).has_password()
    outcomes = await asyncio.gather(
        *(desk.password(f"11223{number}") for number, desk in enumerate(desks(database, 8)))
    )
    counted = [one for one in outcomes if "wrong" in one.verdict.codes]
    assert len(counted) == 3
    assert sum(one.verdict.codes == ("locked",) for one in outcomes) == 5
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT (SELECT count(*) FROM identity_try), (SELECT sum(wrong) FROM identity_counter)"
        )
        assert await cursor.fetchone() == (3, 3)


async def test_a_right_password_among_the_guesses_still_leaves_three_wrong(
    database: Database,
) -> None:
    await Desk(database).has_password()
    guesses = ["000000", "739154"] * 4
    outcomes = await asyncio.gather(
        *(desk.password(guess) for guess, desk in zip(guesses, desks(database, 8), strict=True))
    )
    assert sum("wrong" in one.verdict.codes for one in outcomes) <= 3


async def test_guesses_at_nobody_are_limited_too(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(desk.password("739154", subject=None) for desk in desks(database, 8))
    )
    assert sum("wrong" in one.verdict.codes for one in outcomes) == 3


async def test_a_code_that_is_used_twice_at_once_succeeds_once(database: Database) -> None:
    desk = Desk(database)
    await desk.issue()
    code = await desk.last_digits(6)
    outcomes = await asyncio.gather(*(one.code(code) for one in desks(database, 8)))
    assert sum(one.right for one in outcomes) == 1


async def test_codes_asked_for_at_once_are_one_message(database: Database) -> None:
    verdicts = await asyncio.gather(
        *(desk.issue(CodePurpose.IDENTIFY) for desk in desks(database, 6))
    )
    assert sorted(verdicts) == [()] + [("too-soon",)] * 5
    assert len(await Desk(database).outbox()) == 1


async def test_wrong_tails_in_parallel_are_counted_one_by_one(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(desk.tails("0000", "0000", SUBJECT) for desk in desks(database, 8))
    )
    assert sum("wrong" in one.verdict.codes for one in outcomes) == 3


async def test_holds_in_parallel_stay_under_the_limit(database: Database) -> None:
    async def hold(number: int) -> tuple[str, ...]:
        desk = Desk(database, stream=f"call{number}", caller=STRANGE_PHONE)
        subject = other_subject(number)
        return await desk.hold(Proofs(claimed=subject.id), subject)

    verdicts = await asyncio.gather(*(hold(number) for number in range(8)))
    assert verdicts.count(()) == 3
    true_holder = Desk(database, stream="mine", caller=PHONE)
    assert await true_holder.hold(proven(Factor.REGISTERED_NUMBER)) == ()


async def test_a_try_is_counted_exactly_when_its_transaction_is_committed(
    database: Database,
) -> None:
    """The outcome is told after the commit: what was rolled back was never answered."""
    desk = Desk(database)
    await desk.has_password()
    with pytest.raises(ConnectionAbortedError):
        async with database.transaction() as tx:
            checked = await identity.check_query_password(
                tx,
                subject=SUBJECT,
                password=Secret("000000"),
                caller=PHONE,
                config=desk.config,
                stream="lost",
                by=CALLER,
                at=desk.now,
            )
            assert checked.tries_left == 2
            raise ConnectionAbortedError
    assert (await desk.password("000000")).tries_left == 2
    assert (await desk.password("000000")).tries_left == 1
