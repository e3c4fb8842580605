"""The query password: checked, locked, set, reset."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.masking import Secret
from cardline.identity import actions as identity
from cardline.identity.model import Act, Factor, PasswordChange, Proofs
from tests.actions.identity_desk import CALLER, Desk, everything_stored
from tests.rules.identity_people import NOW, SUBJECT, proven


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.has_password()
    return desk


async def put(desk: Desk, password: str, how: PasswordChange, proofs: Proofs) -> tuple[str, ...]:
    async with desk.database.transaction() as tx:
        verdict = await identity.put_query_password(
            tx,
            subject=SUBJECT,
            password=Secret(password),
            how=how,
            proofs=proofs,
            config=desk.config,
            stream=desk.stream,
            by=CALLER,
            at=desk.now,
        )
    return verdict.codes


async def test_the_right_password_proves_the_holder(desk: Desk) -> None:
    checked = await desk.password("739154")
    assert checked.right
    assert checked.proof is not None
    assert checked.proof.factor is Factor.QUERY_PASSWORD
    assert checked.proof.weak_until is None


async def test_three_wrong_tries_lock_it_until_the_holders_day_ends(desk: Desk) -> None:
    outcomes = [await desk.password("000000") for _ in range(3)]
    assert [one.tries_left for one in outcomes] == [2, 1, 0]
    assert outcomes[-1].verdict.codes == ("wrong", "locked")
    right = await desk.password("739154")
    assert right.verdict.codes == ("locked",)
    assert right.verdict.not_before == NOW.replace(hour=16)  # midnight in Shanghai
    desk.now = NOW.replace(hour=16)
    assert (await desk.password("739154")).right


async def test_a_right_try_gives_a_thief_no_guesses_back(desk: Desk) -> None:
    await desk.password("000000")
    await desk.password("000001")
    assert (await desk.password("739154")).right
    assert (await desk.password("000002")).verdict.codes == ("wrong", "locked")


async def test_the_lock_is_read_with_its_end_and_freezing_goes_on(desk: Desk) -> None:
    for _ in range(3):
        await desk.password("000000")
    async with desk.database.transaction() as tx:
        locks = await identity.locks_of(
            tx,
            subject=SUBJECT,
            caller=desk.caller,
            stream=desk.stream,
            config=desk.config,
            at=desk.now,
        )
        assert [(lock.factor, lock.until) for lock in locks] == [
            (Factor.QUERY_PASSWORD, NOW.replace(hour=16))
        ]
        verdict = await identity.decide(
            tx,
            act=Act.FREEZE,
            proofs=proven(Factor.REGISTERED_NUMBER),
            subject=SUBJECT,
            config=desk.config,
            stream=desk.stream,
            by=CALLER,
            at=desk.now,
        )
    assert verdict.allowed


async def test_nobody_is_told_apart_from_somebody_with_a_wrong_password(desk: Desk) -> None:
    unknown = [await desk.password("739154", subject=None) for _ in range(4)]
    wrong = [await desk.password("000000") for _ in range(4)]
    assert [one.verdict for one in unknown] == [one.verdict for one in wrong]
    assert [one.tries_left for one in unknown] == [one.tries_left for one in wrong]


async def test_every_try_is_journaled_without_what_was_tried(desk: Desk) -> None:
    await desk.password("482916")
    kinds = [kind for kind, _ in await desk.journal()]
    assert kinds == ["identity.checked"]
    async with desk.database.transaction() as tx:
        stored = await everything_stored(tx)
    assert "482916" not in stored
    assert "739154" not in stored


async def test_a_new_password_takes_over_and_the_holder_is_told(desk: Desk) -> None:
    both = proven(Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD)
    assert await put(desk, "906271", PasswordChange.CHANGE, both) == ()
    assert (await desk.password("906271")).right
    assert not (await desk.password("739154")).right
    assert "查询密码已于" in await desk.last_text()


async def test_the_last_three_passwords_do_not_come_again(desk: Desk) -> None:
    both = proven(Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD)
    for new in ("906271", "135790"):
        assert await put(desk, new, PasswordChange.CHANGE, both) == ()
        desk.later(seconds=1)
    for old in ("739154", "906271", "135790"):
        refused = await put(desk, old, PasswordChange.CHANGE, both)
        assert refused == ("weak-password-used-before",)
    assert await put(desk, "482917", PasswordChange.CHANGE, both) == ()
    desk.later(seconds=1)
    assert await put(desk, "739154", PasswordChange.CHANGE, both) == ()


async def test_a_weak_password_or_too_little_proof_changes_nothing(desk: Desk) -> None:
    both = proven(Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD)
    assert await put(desk, "123456", PasswordChange.CHANGE, both) == ("weak-password-sequence",)
    number = proven(Factor.REGISTERED_NUMBER)
    assert await put(desk, "906271", PasswordChange.CHANGE, number) == ("needs-query-password",)
    assert await put(desk, "906271", PasswordChange.SET, both) == (
        "needs-card-and-id-tails",
        "needs-one-time-code",
        "already-set",
    )
    assert (await desk.password("739154")).right
    assert await desk.outbox() == []


async def test_a_reset_opens_the_lock_and_stays_weak(desk: Desk) -> None:
    for _ in range(3):
        await desk.password("000000")
    proofs = proven(Factor.ONE_TIME_CODE, Factor.CARD_AND_ID_TAILS)
    assert await put(desk, "906271", PasswordChange.RESET, proofs) == ()
    checked = await desk.password("906271")
    assert checked.proof is not None
    assert checked.proof.weak_until == NOW + timedelta(hours=72)
    both = proven(Factor.REGISTERED_NUMBER).with_proof(checked.proof)
    async with desk.database.transaction() as tx:
        verdict = await identity.decide(
            tx,
            act=Act.RELEASE_HOLD,
            proofs=both,
            subject=SUBJECT,
            config=desk.config,
            stream=desk.stream,
            by=CALLER,
            at=desk.now,
        )
    assert not verdict.allowed


async def test_a_change_does_not_make_a_reset_password_strong(desk: Desk) -> None:
    proofs = proven(Factor.ONE_TIME_CODE, Factor.CARD_AND_ID_TAILS)
    await put(desk, "906271", PasswordChange.RESET, proofs)
    weak = (await desk.password("906271")).proof
    both = proven(Factor.REGISTERED_NUMBER).with_proof(weak)
    desk.later(minutes=1)
    assert await put(desk, "482917", PasswordChange.CHANGE, both) == ()
    checked = await desk.password("482917")
    assert checked.proof is not None
    assert checked.proof.weak_until == NOW + timedelta(hours=72)


async def test_only_the_registered_number_is_proven_by_calling(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        asked = {
            "config": desk.config,
            "stream": desk.stream,
            "by": CALLER,
            "at": desk.now,
        }
        for subject, caller, proves in (
            (SUBJECT, SUBJECT.phone, True),
            (SUBJECT, None, False),
            (replace(SUBJECT, phone=None), None, False),
            (replace(SUBJECT, phone=None), SUBJECT.phone, False),
        ):
            proof = await identity.prove_number(
                tx,
                subject=subject,
                caller=caller,
                **asked,  # type: ignore[arg-type]
            )
            assert (proof is not None) is proves
