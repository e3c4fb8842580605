"""Who may log in, which passwords and sessions hold; codes by time, against the RFC's values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.app.http.buckets import Buckets, source_of
from cardline.core.masking import Secret
from cardline.core.policy import PolicyError, load_area
from cardline.desk.login import totp
from cardline.desk.login.model import Credentials, Session, Tries
from cardline.desk.login.rules import (
    count_try,
    may_be_staff_password,
    may_log_in,
    read_login_policy,
    session_ends,
    session_holds,
    told,
)
from cardline.desk.staff.model import Staff

POLICY = read_login_policy(load_area("staff"))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STAFF = Staff("6101", "Lin Xiao", "agent", None, None)
KNOWN = Credentials(STAFF, False, "hash", None, None, 0, False)
RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    step = totp.step_of(now)
    assert totp.code_of(RFC_SECRET, step, digits=8) == code
    assert totp.code_of(RFC_SECRET, step) == code[2:]
    assert totp.accepted_step(RFC_SECRET, code[2:], now=now, last_step=0, window=1) == step


@given(
    secret=st.binary(min_size=16, max_size=32),
    seconds=st.integers(min_value=0, max_value=2**33),
    away=st.integers(min_value=-5, max_value=5),
    window=st.integers(min_value=0, max_value=2),
)
def test_a_code_is_accepted_within_its_window_and_once(
    secret: bytes, seconds: int, away: int, window: int
) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    step = max(0, totp.step_of(now) + away)
    code = totp.code_of(secret, step)
    accepted = totp.accepted_step(secret, code, now=now, last_step=-1, window=window)
    present = totp.step_of(now)
    of_window = range(max(0, present - window), present + window + 1)
    alike = [one for one in of_window if totp.code_of(secret, one) == code]
    assert accepted == (alike[-1] if alike else None)
    assert (step in of_window) <= (accepted is not None)
    if accepted is not None:
        again = totp.accepted_step(secret, code, now=now, last_step=accepted, window=window)
        assert again is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-00001"])
def test_what_is_no_code_is_not_accepted(typed: str) -> None:
    assert totp.accepted_step(RFC_SECRET, typed, now=NOW, last_step=0, window=1) is None


def test_an_authenticator_reads_the_address() -> None:
    assert totp.provisioning_uri(RFC_SECRET, account="61 01") == (
        "otpauth://totp/Cardline:61%2001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cardline"
    )


@pytest.mark.parametrize(
    ("known", "locked_until", "codes"),
    [
        (KNOWN, None, ()),
        (KNOWN, NOW, ()),
        (KNOWN, NOW + timedelta(seconds=1), ("locked",)),
        (None, None, ("unknown-number",)),
        (None, NOW + timedelta(minutes=1), ("locked", "unknown-number")),
        (replace(KNOWN, left=True), None, ("staff-left",)),
        (replace(KNOWN, password_hash=None), None, ("no-password",)),
        (replace(KNOWN, left=True, password_hash=None), None, ("staff-left", "no-password")),
    ],
)
def test_who_may_log_in(
    known: Credentials | None, locked_until: datetime | None, codes: tuple[str, ...]
) -> None:
    verdict = may_log_in(known, Tries(5, locked_until, NOW), policy=POLICY, now=NOW)
    assert verdict.codes == codes
    expected = ("locked",) if "locked" in codes else ("wrong-credentials",) if codes else ()
    assert told(verdict).codes == expected


def test_a_lock_says_when_it_ends() -> None:
    until = NOW + timedelta(minutes=3)
    assert may_log_in(KNOWN, Tries(5, until, NOW), policy=POLICY, now=NOW).not_before == until


def test_the_last_try_allowed_locks_and_a_lock_that_is_over_begins_anew() -> None:
    tries = Tries(last_at=NOW)
    for number in range(1, POLICY.tries + 1):
        assert tries.locked_until is None
        tries = count_try(tries, policy=POLICY, now=NOW)
        assert tries.wrong == number
    assert tries.locked_until == NOW + POLICY.lock
    assert count_try(tries, policy=POLICY, now=NOW + POLICY.lock).wrong == 1
    long_ago = Tries(4, None, NOW - POLICY.forget_tries)
    assert count_try(long_ago, policy=POLICY, now=NOW) == Tries(1, None, NOW)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("correct horse battery", ()),
        ("密码密码也可以用十二个字", ()),
        ("short", ("password-too-short",)),
        ("elevenchars", ("password-too-short",)),
        ("my desk is 6101 here", ("password-has-number",)),
        ("I am LIN XIAO myself", ("password-has-name",)),
        ("QwertyUiop123", ("password-common",)),
        ("ababababababab", ("password-common",)),
        ("6101", ("password-too-short", "password-has-number", "password-common")),
    ],
)
def test_which_passwords_are_refused(password: str, codes: tuple[str, ...]) -> None:
    verdict = may_be_staff_password(Secret(password), staff=STAFF, policy=POLICY)
    assert verdict.codes == codes


def test_a_short_staff_number_forbids_nothing() -> None:
    staff = replace(STAFF, number="7")
    password = Secret("correct horse battery 7")
    assert may_be_staff_password(password, staff=staff, policy=POLICY).allowed


@pytest.mark.parametrize(
    ("second_factor", "used_after", "idle_until", "ends_at"),
    [
        (True, 0, 30, 720),
        (True, 100, 130, 720),
        (True, 700, 720, 720),
        (False, 0, 15, 15),
    ],
)
def test_when_a_session_ends(
    second_factor: bool, used_after: int, idle_until: int, ends_at: int
) -> None:
    seen_at = NOW + timedelta(minutes=used_after)
    ends = session_ends(POLICY, second_factor=second_factor, opened_at=NOW, seen_at=seen_at)
    assert ends == (NOW + timedelta(minutes=idle_until), NOW + timedelta(minutes=ends_at))


@pytest.mark.parametrize(
    ("minutes", "ended", "left", "codes"),
    [
        (0, False, False, ()),
        (29, False, False, ()),
        (30, False, False, ("session-idle",)),
        (720, False, False, ("session-idle", "session-over")),
        (1, True, False, ("session-ended",)),
        (1, False, True, ("staff-left",)),
        (720, True, True, ("session-ended", "session-idle", "session-over", "staff-left")),
    ],
)
def test_which_sessions_hold(minutes: int, ended: bool, left: bool, codes: tuple[str, ...]) -> None:
    idle_until, ends_at = session_ends(POLICY, second_factor=True, opened_at=NOW, seen_at=NOW)
    ended_at = NOW if ended else None
    session = Session("s", STAFF, left, True, False, NOW, NOW, idle_until, ends_at, ended_at, "")
    now = NOW + timedelta(minutes=minutes)
    assert session_holds(session, policy=POLICY, now=now).codes == codes


@pytest.mark.parametrize(
    ("second_factor", "must_change", "serves"),
    [(True, False, True), (False, False, False), (True, True, False), (False, True, False)],
)
def test_a_session_serves_with_a_second_factor_and_a_password_of_ones_own(
    second_factor: bool, must_change: bool, serves: bool
) -> None:
    ends = NOW + timedelta(hours=1)
    session = Session("s", STAFF, False, second_factor, must_change, NOW, NOW, ends, ends, None, "")
    assert session.serves == serves


@pytest.mark.parametrize(
    ("key", "value"),
    [("login_tries", 0), ("login_tries", 1000), ("password_length", 4), ("totp_window", 20)],
)
def test_a_pack_that_opens_a_door_is_refused(key: str, value: int) -> None:
    area = load_area("staff")
    altered = replace(area, numbers=area.numbers | {key: replace(area.numbers[key], value=value)})
    with pytest.raises(PolicyError, match=key):
        read_login_policy(altered)


def test_every_common_password_is_long_enough_to_need_the_list() -> None:
    assert all(len(word) >= POLICY.password_length for word in POLICY.common_passwords)


def test_an_address_tries_ten_times_and_then_every_six_seconds() -> None:
    buckets = Buckets(at_once=10, seconds_each=6.0)
    assert [buckets.take("a", 100.0) for _ in range(12)] == [0] * 10 + [6, 6]
    assert buckets.take("b", 100.0) == 0
    assert buckets.take("a", 103.0) == 3
    assert [buckets.take("a", 106.0), buckets.take("a", 106.0)] == [0, 6]
    assert [buckets.take("a", 1000.0) for _ in range(11)] == [0] * 10 + [6]
    assert buckets.take("a", 10.0) == 6  # a clock that was set back


def test_too_many_addresses_wait_until_others_are_forgotten() -> None:
    buckets = Buckets(at_once=10, seconds_each=6.0, most=2)
    assert [buckets.take(source, 0.0) for source in "abc"] == [0, 0, 6]
    assert buckets.take("a", 0.0) == 0
    assert buckets.take("c", 6.0) == 0


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(host: str, source: str) -> None:
    assert source_of(host) == source
