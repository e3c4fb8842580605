"""Who may log in, which passwords are refused, which sessions hold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from cardline.core.masking import Secret
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.login.model import Credentials, LoginPolicy, Session, Tries
from cardline.desk.staff.model import Staff

_SHORTEST_NUMBER = 4
"""A staff number of fewer digits is found in too many good passwords."""
_SOURCES = (
    "login_tries",
    "idle_minutes",
    "session_hours",
    "password_length",
    "totp_window",
    "oidc_second_factors",
)
_LOGIN = "GB/T 22239-2019, 8.1.4.1"
_COMMON = "common_passwords"


def read_login_policy(area: AreaPolicy) -> LoginPolicy:
    """Read the pack's ``staff`` area.

    Raises :class:`PolicyError` where an entry is missing, or a number would open a door: no tries,
    no length, codes that live longer than two minutes.
    """
    policy = LoginPolicy(
        version=area.version,
        tries=area.integer("login_tries"),
        lock=timedelta(minutes=area.integer("lock_minutes")),
        forget_tries=area.hours("forget_tries_hours"),
        idle=timedelta(minutes=area.integer("idle_minutes")),
        session=area.hours("session_hours"),
        enrolment=timedelta(minutes=area.integer("enrolment_minutes")),
        password_length=area.integer("password_length"),
        totp_window=area.integer("totp_window"),
        common_passwords=frozenset(word.casefold() for word in area.texts(_COMMON)),
        second_factors=frozenset(area.texts("oidc_second_factors")),
        sessions_kept=area.days("sessions_kept_days"),
        sources={key: area.source(key) for key in (*_SOURCES, _COMMON)},
    )
    fit = {
        "login_tries": 1 <= policy.tries <= 10,
        "lock_minutes": policy.lock > timedelta(0),
        "forget_tries_hours": policy.forget_tries >= policy.lock,
        "idle_minutes": timedelta(0) < policy.idle <= policy.session,
        "session_hours": timedelta(0) < policy.session <= timedelta(hours=24),
        "enrolment_minutes": timedelta(0) < policy.enrolment <= policy.session,
        "password_length": policy.password_length >= 8,
        "sessions_kept_days": policy.sessions_kept >= timedelta(days=1),
        "totp_window": 0 <= policy.totp_window <= 2,
        "oidc_second_factors": bool(policy.second_factors - {"pwd", "pin", "kba"}),
    }
    for key, fits in fit.items():
        if not fits:
            raise PolicyError(f"pack {area.pack}: staff.{key} is out of its bounds")
    return policy


def may_log_in(
    known: Credentials | None, tries: Tries, *, policy: LoginPolicy, now: datetime
) -> Verdict:
    """Decide whether a try is judged at all, and could succeed.

    Reasons: ``locked`` (until), ``unknown-number``, ``staff-left``, ``no-password``. Only the first
    may be told to whoever tries: the others would tell who works here.
    """
    return judge(
        policy.version,
        (
            _locked(tries, policy, now),
            None if known else Reason("unknown-number", _LOGIN),
            Reason("staff-left", _LOGIN) if known and known.left else None,
            Reason("no-password", _LOGIN) if known and not known.password_hash else None,
        ),
    )


def _locked(tries: Tries, policy: LoginPolicy, now: datetime) -> Reason | None:
    if tries.locked_until is None or tries.locked_until <= now:
        return None
    return Reason("locked", policy.sources["login_tries"], tries.locked_until)


def count_try(tries: Tries, *, policy: LoginPolicy, now: datetime) -> Tries:
    """Count one more try, before it is judged: the last one allowed locks.

    A lock that is over and tries long ago begin anew.
    """
    over = tries.locked_until is not None and tries.locked_until <= now
    old = tries.last_at is not None and tries.last_at + policy.forget_tries <= now
    wrong = 1 if over or old else tries.wrong + 1
    return Tries(wrong, now + policy.lock if wrong >= policy.tries else None, now)


def told(verdict: Verdict) -> Verdict:
    """Return what may be told of a refused try: that it is locked, or that something is wrong."""
    locked = tuple(reason for reason in verdict.refusals if reason.code == "locked")
    wrong = (Reason("wrong-credentials", _LOGIN),) if verdict.refusals else ()
    return replace(verdict, refusals=locked or wrong)


def may_be_staff_password(password: Secret, *, staff: Staff, policy: LoginPolicy) -> Verdict:
    """Decide about a new password.

    Reasons: ``password-too-short``, ``password-has-number`` (the staff number is in it),
    ``password-has-name``, ``password-common`` (listed, or of fewer than 4 different characters).
    """
    return judge(policy.version, _findings(password.reveal().casefold(), staff, policy))


def _findings(password: str, staff: Staff, policy: LoginPolicy) -> Iterator[Reason]:
    length, common = policy.sources["password_length"], policy.sources[_COMMON]
    number, name = staff.number.casefold(), staff.name.casefold()
    if len(password) < policy.password_length:
        yield Reason("password-too-short", length)
    if len(number) >= _SHORTEST_NUMBER and number in password:
        yield Reason("password-has-number", common)
    if name and name in password:
        yield Reason("password-has-name", common)
    if password in policy.common_passwords or len(set(password)) < 4:
        yield Reason("password-common", common)


def session_ends(
    policy: LoginPolicy, *, second_factor: bool, opened_at: datetime, seen_at: datetime
) -> tuple[datetime, datetime]:
    """Return when a session ends unless it is used before, and when in any case."""
    ends_at = opened_at + (policy.session if second_factor else policy.enrolment)
    return min(seen_at + policy.idle, ends_at), ends_at


def session_holds(session: Session, *, policy: LoginPolicy, now: datetime) -> Verdict:
    """Decide whether a session still serves.

    Reasons: ``session-ended``, ``session-idle``, ``session-over``, ``staff-left``.
    """
    return judge(
        policy.version,
        (
            Reason("session-ended", _LOGIN) if session.ended_at is not None else None,
            Reason("session-idle", policy.sources["idle_minutes"])
            if session.idle_until <= now
            else None,
            Reason("session-over", policy.sources["session_hours"])
            if session.ends_at <= now
            else None,
            Reason("staff-left", _LOGIN) if session.left else None,
        ),
    )
