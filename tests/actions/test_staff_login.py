"""Logging in on the real database: tries, races, second factor, sessions, what is written."""

import asyncio
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from cardline.adapters.postgres.database import Database
from cardline.core.actor import OPERATOR
from cardline.core.errors import NotFound
from cardline.core.masking import Secret
from cardline.desk.login import credentials, sessions
from cardline.desk.login.model import SeenSession, Session
from cardline.desk.staff import actions as staff
from tests.actions.staff_desk import CONFIG, NUMBER, PASSWORD, StaffDesk, secret_in

POLICY = CONFIG.policy


@pytest.fixture
def desk(database: Database) -> StaffDesk:
    return StaffDesk(database)


async def see(desk: StaffDesk, secret: Secret | None) -> SeenSession:
    assert secret
    async with desk.database.transaction() as tx:
        return await sessions.see_session(tx, secret, policy=POLICY, at=desk.now)


async def change(desk: StaffDesk, session: Session, old: str, new: str) -> tuple[str, ...]:
    verdict = await credentials.change_password(
        desk.database,
        session=session,
        old=Secret(old),
        new=Secret(new),
        config=CONFIG,
        at=desk.now,
    )
    return verdict.codes


# ---------------------------------------------------------------- the second factor


async def test_the_first_session_serves_for_enrolment_only_and_then_for_everything(
    desk: StaffDesk,
) -> None:
    await desk.hire_with_password()
    outcome = await desk.log_in(code="")
    session = outcome.session
    assert session
    assert (session.second_factor, session.ends_at) == (False, desk.now + POLICY.enrolment)
    assert (await desk.confirm(session, "123456")).codes == ("enrolment-not-begun",)
    desk.secret = secret_in(await desk.begin(session) or "")
    assert (await desk.confirm(session, desk.code(steps=9))).codes == ("wrong-code",)
    assert (await desk.confirm(session, desk.code())).allowed
    seen = (await see(desk, outcome.secret)).session
    assert seen
    assert (seen.second_factor, seen.ends_at) == (True, desk.now + POLICY.session)
    assert await desk.begin(session) is None
    assert (await desk.confirm(session, desk.code())).codes == ("already-enrolled",)


async def test_enrolling_ends_the_session_of_somebody_else_who_knew_the_password(
    desk: StaffDesk,
) -> None:
    await desk.hire_with_password()
    thief = await desk.log_in(code="")
    own = (await desk.log_in(code="")).session
    assert own
    desk.secret = secret_in(await desk.begin(own) or "")
    assert (await desk.confirm(own, desk.code())).allowed
    assert (await see(desk, thief.secret)).verdict.codes == ("session-ended",)
    assert thief.session
    assert (await desk.confirm(thief.session, desk.code())).codes == ("already-enrolled",)


async def test_a_code_opens_one_session(desk: StaffDesk) -> None:
    await desk.enrol()
    code = desk.code()
    assert (await desk.log_in(code=code)).verdict.allowed
    assert (await desk.log_in(code=code)).verdict.codes == ("wrong-credentials",)
    assert (await desk.log_in(code=desk.code(steps=-1))).verdict.codes == ("wrong-credentials",)
    assert (await desk.log_in(code=desk.code(steps=1))).verdict.allowed


async def test_a_code_that_comes_eight_times_at_once_opens_one_session(desk: StaffDesk) -> None:
    await desk.enrol()
    outcomes = await asyncio.gather(*(desk.log_in() for _ in range(8)))
    assert sum(one.verdict.allowed for one in outcomes) == 1


async def test_after_enrolment_the_password_alone_opens_nothing(desk: StaffDesk) -> None:
    await desk.enrol()
    for code in ("", "000000"):
        assert (await desk.log_in(code=code)).verdict.codes == ("wrong-credentials",)


async def test_a_lost_second_factor_is_enrolled_anew(desk: StaffDesk) -> None:
    await desk.enrol()
    secret = (await desk.log_in()).secret
    async with desk.database.transaction() as tx:
        assert await credentials.forget_second_factor(tx, NUMBER, by=OPERATOR, at=desk.now)
        assert not await credentials.forget_second_factor(tx, NUMBER, by=OPERATOR, at=desk.now)
    assert (await see(desk, secret)).verdict.codes == ("session-ended",)
    session = (await desk.log_in(code="")).session
    assert session
    assert not session.second_factor


async def test_a_second_factor_opens_under_its_own_number_only(desk: StaffDesk) -> None:
    await desk.enrol()
    await desk.hire("6102")
    await desk.set_password(number="6102")
    await desk.ask(
        """
        UPDATE staff_login SET (totp_sealed, enrolled_at) = (
            SELECT totp_sealed, enrolled_at FROM staff_login WHERE number = '6101')
        WHERE number = '6102' RETURNING number
        """
    )
    with pytest.raises(InvalidTag):
        await desk.log_in(number="6102")


# ---------------------------------------------------------------- tries


async def test_five_wrong_tries_lock_for_a_quarter_of_an_hour(desk: StaffDesk) -> None:
    await desk.enrol()
    for _ in range(POLICY.tries):
        assert (await desk.log_in("wrong password 1")).verdict.codes == ("wrong-credentials",)
    locked = await desk.log_in()
    assert locked.verdict.codes == ("locked",)
    assert locked.verdict.not_before == desk.now + POLICY.lock
    desk.later(minutes=14, seconds=59)
    assert (await desk.log_in()).verdict.codes == ("locked",)
    desk.later(seconds=1)
    assert (await desk.log_in()).verdict.allowed


async def test_wrong_codes_count_like_wrong_passwords(desk: StaffDesk) -> None:
    await desk.enrol()
    for _ in range(POLICY.tries):
        await desk.log_in(code="000000")
    assert (await desk.log_in()).verdict.codes == ("locked",)


async def test_a_right_try_takes_the_wrong_ones_back(desk: StaffDesk) -> None:
    await desk.enrol()
    for _ in range(2):
        for _ in range(POLICY.tries - 1):
            await desk.log_in("wrong password 1")
        desk.later(minutes=1)
        assert (await desk.log_in()).verdict.allowed


async def test_eight_guesses_at_once_are_five_tries(desk: StaffDesk) -> None:
    await desk.enrol()
    outcomes = await asyncio.gather(*(desk.log_in(f"wrong password {n}") for n in range(8)))
    codes = sorted(one.verdict.codes for one in outcomes)
    assert codes == [("locked",)] * 3 + [("wrong-credentials",)] * POLICY.tries
    judged = await desk.ask(
        "SELECT verdict->'reasons'->0->>'code' FROM journal WHERE kind = 'staff.login-refused'"
    )
    assert sorted(judged) == ["locked"] * 3 + ["wrong-password"] * POLICY.tries


async def test_guesses_at_nobody_get_the_same_answers_and_their_number_is_not_kept(
    desk: StaffDesk,
) -> None:
    typed = "my password in the wrong field"
    outcomes = await asyncio.gather(*(desk.log_in(number=typed, code="1") for _ in range(8)))
    codes = sorted(one.verdict.codes for one in outcomes)
    assert codes == [("locked",)] * 3 + [("wrong-credentials",)] * POLICY.tries
    assert await desk.kinds("system") == ["staff.login-refused"] * 8
    everything = await desk.ask("SELECT string_agg(journal::text, ' ') FROM journal")
    tries = await desk.ask("SELECT staff_login_tries::text FROM staff_login_tries")
    assert typed not in f"{everything}{tries}"


async def test_nobody_left_or_without_a_password_is_told_the_same(desk: StaffDesk) -> None:
    await desk.hire()
    await desk.hire("6102")
    await desk.set_password(number="6102")
    async with desk.database.transaction() as tx:
        await staff.leave(tx, "6102", by=OPERATOR, at=desk.now)
    for number, reason in (
        ("6101", "no-password"),
        ("6102", "staff-left"),
        ("9", "unknown-number"),
    ):
        told = await desk.log_in(number=number, code="")
        assert told.verdict.codes == ("wrong-credentials",)
        (known,) = await desk.ask(
            """
            SELECT verdict->'reasons'->0->>'code' FROM journal
            WHERE kind = 'staff.login-refused' AND stream = %s
            """,
            "system" if number == "9" else f"staff:{number}",
        )
        assert known == reason


async def test_every_try_takes_one_hash_whoever_it_names(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = []
    monkeypatch.setattr(
        "cardline.desk.login.vault._verify", lambda encoded, _: hashes.append(encoded) or False
    )
    await desk.hire_with_password()
    for number in (NUMBER, "nobody"):
        await desk.log_in(number=number, code="")
    known, nobody = hashes
    assert known.split("$")[:4] == nobody.split("$")[:4]
    assert [len(part) for part in known.split("$")] == [len(part) for part in nobody.split("$")]


async def test_old_tries_are_deleted(desk: StaffDesk) -> None:
    await desk.log_in(number="nobody", code="")
    desk.later(hours=24, seconds=1)
    await desk.log_in(number="somebody", code="")
    assert await desk.ask("SELECT wrong FROM staff_login_tries") == [1]


# ---------------------------------------------------------------- passwords


async def test_a_changed_password_ends_all_other_sessions(desk: StaffDesk) -> None:
    own = await desk.enrol()
    other = await desk.log_in()
    assert await change(desk, own, "wrong old one", "another good one") == ("wrong-credentials",)
    assert await change(desk, own, PASSWORD, PASSWORD) == ("password-same",)
    assert await change(desk, own, PASSWORD, "short") == ("password-too-short",)
    assert await change(desk, own, PASSWORD, "another good one") == ()
    assert (await see(desk, other.secret)).verdict.codes == ("session-ended",)
    assert await desk.ask("SELECT id FROM staff_session WHERE ended_at IS NULL") == [own.id]
    desk.later(minutes=1)
    assert (await desk.log_in(PASSWORD)).verdict.codes == ("wrong-credentials",)
    assert (await desk.log_in("another good one")).verdict.allowed


async def test_guessing_the_old_password_locks_too(desk: StaffDesk) -> None:
    own = await desk.enrol()
    for _ in range(POLICY.tries):
        await change(desk, own, "wrong old one", "another good one")
    assert await change(desk, own, PASSWORD, "another good one") == ("locked",)


async def test_a_password_that_is_set_ends_sessions_and_lifts_the_lock(desk: StaffDesk) -> None:
    await desk.enrol()
    secret = (await desk.log_in()).secret
    for _ in range(POLICY.tries):
        await desk.log_in("wrong password 1")
    assert (await desk.set_password("123456789012")).codes == ("password-common",)
    assert (await desk.set_password("another good one")).allowed
    assert (await see(desk, secret)).verdict.codes == ("session-ended",)
    desk.later(minutes=1)
    outcome = await desk.log_in("another good one")
    assert outcome.session
    assert outcome.session.second_factor
    with pytest.raises(NotFound):
        await desk.set_password(number="9999")


async def test_a_try_with_a_password_that_is_changed_meanwhile_is_wrong(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.hire_with_password()
    compare = CONFIG.vault.__class__.is_password

    async def slow(self: object, *args: object) -> bool:
        right = await compare(CONFIG.vault, *args)  # type: ignore[arg-type]
        await desk.set_password("another good one")
        return right

    monkeypatch.setattr(CONFIG.vault.__class__, "is_password", slow)
    assert (await desk.log_in(code="")).verdict.codes == ("wrong-credentials",)


# ---------------------------------------------------------------- sessions


async def test_a_session_ends_when_it_is_not_used(desk: StaffDesk) -> None:
    await desk.enrol()
    secret = (await desk.log_in()).secret
    for _ in range(3):
        desk.later(minutes=29)
        assert (await see(desk, secret)).verdict.allowed
    desk.later(minutes=30)
    assert (await see(desk, secret)).verdict.codes == ("session-idle",)


async def test_a_session_ends_after_a_shift_however_much_it_is_used(desk: StaffDesk) -> None:
    await desk.enrol()
    secret = (await desk.log_in()).secret
    for _ in range(28):
        desk.later(minutes=25)
        assert (await see(desk, secret)).verdict.allowed
    desk.later(minutes=20)
    assert "session-over" in (await see(desk, secret)).verdict.codes


async def test_being_seen_is_written_at_most_once_a_minute(desk: StaffDesk) -> None:
    await desk.enrol()
    outcome = await desk.log_in()
    assert outcome.session
    written = "SELECT seen_at FROM staff_session WHERE id = %s"
    for seconds, renewed in ((30, False), (29, False), (1, True), (59, False)):
        (before,) = await desk.ask(written, outcome.session.id)
        desk.later(seconds=seconds)
        assert (await see(desk, outcome.secret)).verdict.allowed
        (after,) = await desk.ask(written, outcome.session.id)
        assert (after != before) is renewed
        assert desk.now - after < timedelta(minutes=1)


async def test_who_leaves_has_no_session_and_a_strange_secret_none_either(
    desk: StaffDesk,
) -> None:
    await desk.enrol()
    secret = (await desk.log_in()).secret
    async with desk.database.transaction() as tx:
        await staff.leave(tx, NUMBER, by=OPERATOR, at=desk.now)
    assert (await see(desk, secret)).verdict.codes == ("session-ended", "staff-left")
    assert (await see(desk, Secret("guess"))).verdict.codes == ("session-unknown",)


# ---------------------------------------------------------------- what is written


async def test_everything_is_journaled_and_nothing_secret_is(desk: StaffDesk) -> None:
    own = await desk.enrol()
    await desk.log_in("wrong password 1")
    outcome = await desk.log_in()
    await change(desk, own, "wrong old one", "another good one")
    await change(desk, own, PASSWORD, "another good one")
    async with desk.database.transaction() as tx:
        await sessions.log_out(tx, own, at=desk.now)
        await sessions.log_out(tx, own, at=desk.now)
        await credentials.forget_second_factor(tx, NUMBER, by=OPERATOR, at=desk.now)
        await staff.leave(tx, NUMBER, by=OPERATOR, at=desk.now)
    assert await desk.kinds() == [
        "staff.added",
        "staff.password-set",
        "staff.logged-in",
        "staff.enrolment-begun",
        "staff.enrolled",
        "staff.login-refused",
        "staff.logged-in",
        "staff.password-refused",
        "staff.sessions-ended",
        "staff.password-changed",
        "staff.logged-out",
        "staff.second-factor-forgotten",
        "staff.left",
    ]
    (everything,) = await desk.ask("SELECT string_agg(journal::text, ' ') FROM journal")
    (stored,) = await desk.ask("SELECT string_agg(staff_login::text, ' ') FROM staff_login")
    (opened,) = await desk.ask("SELECT string_agg(staff_session::text, ' ') FROM staff_session")
    assert outcome.secret
    for secret in (
        PASSWORD,
        "wrong password 1",
        "wrong old one",
        "another good one",
        outcome.secret.reveal(),
        sessions.csrf_token(outcome.secret),
        desk.secret.hex(),
        "argon2",
    ):
        assert secret not in everything + opened
        assert secret == "argon2" or secret not in stored
