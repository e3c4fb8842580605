"""One-time codes and questions."""

import random
from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import Actor
from cardline.identity import actions as identity
from cardline.identity.model import Act, Asked, Checked, CodePurpose, Factor
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind
from tests.actions.identity_desk import CALLER, Desk, everything_stored
from tests.rules.identity_people import NOW, PHONE, STRANGE_PHONE, SUBJECT


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_a_code_goes_to_the_registered_number_and_is_used_once(desk: Desk) -> None:
    desk.caller = STRANGE_PHONE
    assert await desk.issue() == ()
    code = await desk.last_digits(6)
    assert (await desk.outbox())[-1]["to"] == PHONE
    checked = await desk.code(code)
    assert checked.proof is not None
    assert checked.proof.factor is Factor.ONE_TIME_CODE
    assert (await desk.code(code)).verdict.codes == ("wrong",)


async def test_a_code_ends_after_five_minutes(desk: Desk) -> None:
    await desk.issue()
    code = await desk.last_digits(6)
    desk.later(seconds=300)
    assert not (await desk.code(code)).right


async def test_a_newer_code_voids_the_older(desk: Desk) -> None:
    await desk.issue()
    first = await desk.last_digits(6)
    desk.later(seconds=61)
    await desk.issue()
    second = await desk.last_digits(6)
    if first != second:
        assert not (await desk.code(first)).right
    assert (await desk.code(second)).right


async def test_codes_do_not_flood_the_phone(desk: Desk) -> None:
    assert await desk.issue() == ()
    assert await desk.issue() == ("too-soon",)
    for _ in range(7):
        desk.later(seconds=61)
        assert await desk.issue() == ()
    desk.later(seconds=61)
    assert await desk.issue() == ("too-many",)
    desk.now = NOW + timedelta(days=1)
    assert await desk.issue() == ()


async def test_who_has_used_a_code_gets_another_at_once(desk: Desk) -> None:
    await desk.issue()
    first = await desk.last_digits(6)
    assert (await desk.code(first)).right
    assert await desk.issue() == ()
    assert (await desk.code(await desk.last_digits(6))).right


async def test_a_code_for_the_pages_is_none_that_a_caller_waits_for(desk: Desk) -> None:
    await desk.issue(CodePurpose.LOG_IN)
    assert await desk.issue(CodePurpose.IDENTIFY) == ("too-soon",)
    assert not await desk.awaits(CodePurpose.IDENTIFY)
    assert await desk.awaits(CodePurpose.LOG_IN)


async def test_three_wrong_tries_void_the_code_and_lock_the_factor(desk: Desk) -> None:
    await desk.issue()
    code = await desk.last_digits(6)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        assert not (await desk.code(wrong)).right
    assert (await desk.code(code)).verdict.codes == ("locked",)
    desk.later(seconds=61)
    assert await desk.issue() == ("locked",)


async def test_a_stranger_on_a_page_spends_neither_the_holders_tries_nor_the_hotlines(
    desk: Desk,
) -> None:
    async def tried(code: str, network: str) -> tuple[str, ...]:
        checked = await desk.code(code, purpose=CodePurpose.LOG_IN, network=network)
        return checked.verdict.codes

    assert await desk.issue(CodePurpose.LOG_IN) == ()
    wrong = "000000" if await desk.last_digits(6) != "000000" else "111111"
    outcomes = [await tried(wrong, "192.0.2.66") for _ in range(4)]
    assert outcomes == [("wrong",), ("wrong",), ("wrong", "locked"), ("locked",)]
    desk.later(seconds=61)
    assert await desk.issue(CodePurpose.LOG_IN) == ()  # guessing has voided the first
    assert await tried(wrong, "192.0.2.1") == ("wrong",)
    assert await tried(await desk.last_digits(6), "192.0.2.1") == ()
    desk.later(seconds=61)
    assert await desk.issue() == ()
    assert (await desk.code(await desk.last_digits(6))).right
    async with desk.database.transaction() as tx:
        assert "192.0.2" not in await everything_stored(tx)


async def test_all_networks_together_guess_no_more_than_the_codes_of_a_day_allow(
    desk: Desk,
) -> None:
    policy = desk.config.policy
    for number in range(policy.codes_per_day + 2):
        await desk.issue(CodePurpose.LOG_IN)
        for guess in range(policy.code_tries + 1):
            network = f"2001:db8:{number}:{guess}::/64"
            await desk.code("nonsense", purpose=CodePurpose.LOG_IN, network=network)
        desk.later(seconds=61)
    async with desk.database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT sum(wrong) FROM identity_code")
        (judged,) = await cursor.fetchone() or (0,)
    assert 0 < judged <= policy.codes_per_day * policy.code_tries


async def test_the_code_of_a_reset_proves_the_reset_alone(desk: Desk) -> None:
    await desk.issue(CodePurpose.RESET_QUERY_PASSWORD)
    assert await desk.awaits(CodePurpose.IDENTIFY), "keys take it"
    checked = await desk.code(await desk.last_digits(6))
    assert checked.proof is not None
    assert checked.proof.only_for is Act.RESET_QUERY_PASSWORD


async def test_the_code_stands_in_the_message_alone_and_not_for_long(desk: Desk) -> None:
    await desk.issue()
    async with desk.database.transaction() as tx:
        before = await everything_stored(tx)
    code = await desk.last_digits(6)
    assert code not in before, "sealed until it is sent"
    desk.later(seconds=301)
    await desk.send()
    async with desk.database.transaction() as tx:
        assert code not in await everything_stored(tx), "forgotten once it has expired"
    assert "******" in str((await desk.outbox())[-1]["text"])


async def test_a_code_that_comes_too_late_is_not_sent(desk: Desk) -> None:
    await desk.issue()
    desk.later(seconds=301)
    assert (await desk.send()).sent == 0
    assert (await desk.outbox())[-1]["state"] == "lapsed"


async def test_no_code_goes_to_a_number_that_is_somebody_elses(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=BlockKind.WRONG_NUMBER,
            holder=None,
            phone=PHONE,
            source="returned call",
            stream="i0",
            by=Actor("staff", "s1"),
            at=desk.now,
        )
    assert await desk.issue() == ("wrong-number",)


async def test_nobody_has_no_code(desk: Desk) -> None:
    outcomes = [await desk.code("123456", subject=None) for _ in range(4)]
    assert [one.verdict.codes for one in outcomes] == [
        ("wrong",),
        ("wrong",),
        ("wrong", "locked"),
        ("locked",),
    ]


async def ask(desk: Desk, rng: random.Random) -> Asked | None:
    async with desk.database.transaction() as tx:
        return await identity.ask_question(
            tx,
            subject=SUBJECT,
            rng=rng,
            config=desk.config,
            stream=desk.stream,
            by=CALLER,
            at=desk.now,
        )


async def answer(desk: Desk, asked: Asked, key: str) -> Checked:
    async with desk.database.transaction() as tx:
        return await identity.check_answer(
            tx,
            subject=SUBJECT,
            question=asked.id,
            key=key,
            config=desk.config,
            stream=desk.stream,
            by=CALLER,
            at=desk.now,
        )


def true_key(asked: Asked) -> str:
    facts = SUBJECT.facts
    truth = {
        "statement_day": facts.statement_day,
        "credit_limit": facts.credit_limit_yuan,
        "card_count": facts.card_count,
        "opened_year": facts.opened_year,
    }[asked.kind]
    assert truth is not None
    return str(asked.choices.index(truth) + 1)


async def test_three_right_answers_in_a_row_prove_the_weak_factor(desk: Desk) -> None:
    rng = random.Random(1)
    for number in (1, 2, 3):
        asked = await ask(desk, rng)
        assert asked is not None
        assert (asked.number, asked.of) == (number, 3)
        checked = await answer(desk, asked, true_key(asked))
        assert checked.right
        assert (checked.proof is not None) == (number == 3)
        desk.later(seconds=1)
    assert await ask(desk, rng) is None


async def test_a_wrong_late_or_second_answer_is_wrong(desk: Desk) -> None:
    rng = random.Random(1)
    asked = await ask(desk, rng)
    assert asked is not None
    wrong = "1" if true_key(asked) != "1" else "2"
    assert not (await answer(desk, asked, wrong)).right
    assert not (await answer(desk, asked, true_key(asked))).right, "answered already"
    desk.stream = "i2"
    late = await ask(desk, rng)
    assert late is not None
    desk.later(seconds=120)
    assert (await answer(desk, late, true_key(late))).verdict.codes == ("wrong", "locked")
    assert await ask(desk, rng) is None
