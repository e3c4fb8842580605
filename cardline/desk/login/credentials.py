"""Passwords and second factors of staff: setting, changing, enrolling, forgetting."""

import secrets
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.masking import Secret
from cardline.core.transaction import Database, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.desk.login import store
from cardline.desk.login.actions import count_attempt, take_back_tries
from cardline.desk.login.model import Credentials, LoginPolicy, Session
from cardline.desk.login.rules import may_be_staff_password, told
from cardline.desk.login.sessions import end_sessions_of, prove_session, release_session
from cardline.desk.login.totp import SECRET_BYTES, accepted_step, provisioning_uri
from cardline.desk.login.vault import LoginConfig
from cardline.evidence.actions import journal

_TOTP = "totp_window"


def new_password() -> Secret:
    """Return a password of 96 random bits, for whoever is to change it."""
    return Secret(secrets.token_urlsafe(12))


async def set_password(
    database: Database,
    *,
    number: str,
    password: Secret,
    config: LoginConfig,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Set somebody's password, whatever it was: all sessions end, a lock is lifted.

    The second factor stays; who has none enrols at the first log-in. Then nothing works until it is
    changed: whoever set it knows it. Reasons: those of ``may_be_staff_password``. Raises
    ``NotFound`` for nobody, or who has left.
    """
    async with database.transaction() as tx:
        known = await _known(tx, number)
    verdict = may_be_staff_password(password, staff=known.staff, policy=config.policy)
    if not verdict.allowed:
        return verdict
    hashed = await config.vault.hash_password(number, password)
    async with database.transaction() as tx:
        await _known(tx, number, lock=True)
        await take_back_tries(tx, number=number, config=config)
        await store.put_password(tx, number=number, hashed=hashed, must_change=True, at=at)
        await end_sessions_of(tx, number, by=by, at=at)
        await journal(
            tx,
            stream=f"staff:{number}",
            kind="staff.password-set",
            by=by,
            body={},
            at=at,
            verdict=verdict,
        )
    return verdict


async def change_password(
    database: Database,
    *,
    session: Session,
    old: Secret,
    new: Secret,
    config: LoginConfig,
    at: datetime,
) -> Verdict:
    """Change one's own password: all other sessions end, and this one serves for everything.

    A wrong old password counts as a try to log in. Reasons: ``locked`` (until),
    ``wrong-credentials``, ``password-same``, those of ``may_be_staff_password``.
    """
    staff = session.staff
    verdict = _may_change(session, old, new, config.policy)
    if not verdict.allowed:
        return verdict
    async with database.transaction() as tx:
        attempt = await count_attempt(tx, number=staff.number, config=config, at=at)
    if not attempt.standing.allowed:
        return told(attempt.standing)
    right = await config.vault.is_password(staff.number, old, attempt.password_hash)
    hashed = await config.vault.hash_password(staff.number, new) if right else ""
    async with database.transaction() as tx:
        known = await store.credentials(tx, staff.number, lock=True)
        unchanged = known is not None and known.password_hash == attempt.password_hash
        if not right or not unchanged:
            verdict = Verdict(verdict.rule, (Reason("wrong-credentials", "own password"),))
        else:
            await take_back_tries(tx, number=staff.number, config=config)
            await store.put_password(
                tx, number=staff.number, hashed=hashed, must_change=False, at=at
            )
            await release_session(tx, session)
            await end_sessions_of(tx, staff.number, by=staff.actor, at=at, but=session)
        await journal(
            tx,
            stream=f"staff:{staff.number}",
            kind="staff.password-changed" if verdict.allowed else "staff.password-refused",
            by=staff.actor,
            body={"session": session.id},
            at=at,
            verdict=verdict,
        )
    return verdict


def _may_change(session: Session, old: Secret, new: Secret, policy: LoginPolicy) -> Verdict:
    verdict = may_be_staff_password(new, staff=session.staff, policy=policy)
    if secrets.compare_digest(old.reveal().encode(), new.reveal().encode()):
        same = Reason("password-same", policy.sources["password_length"])
        return Verdict(verdict.rule, (*verdict.refusals, same))
    return verdict


async def begin_enrolment(
    tx: Transaction, session: Session, *, config: LoginConfig, at: datetime
) -> tuple[Verdict, str | None]:
    """Make a second factor; return its ``otpauth`` address, which is not shown again.

    One that is begun and not confirmed is replaced. Reason: ``already-enrolled``.
    """
    number = session.staff.number
    known = await _known(tx, number, lock=True)
    verdict = _not_yet(known, config.policy)
    if not verdict.allowed:
        return verdict, None
    secret = secrets.token_bytes(SECRET_BYTES)
    await store.put_pending(tx, number=number, sealed=config.vault.seal(number, secret))
    await journal(
        tx,
        stream=f"staff:{number}",
        kind="staff.enrolment-begun",
        by=session.staff.actor,
        body={"session": session.id},
        at=at,
    )
    return verdict, provisioning_uri(secret, account=number)


async def confirm_enrolment(
    tx: Transaction, session: Session, *, code: Secret, config: LoginConfig, at: datetime
) -> Verdict:
    """Confirm a second factor by a right code: this session serves for everything, others end.

    Reasons: ``already-enrolled``, ``enrolment-not-begun``, ``wrong-code``.
    """
    number, policy = session.staff.number, config.policy
    known = await _known(tx, number, lock=True)
    verdict = _not_yet(known, policy)
    if verdict.allowed and known.totp_pending is None:
        verdict = Verdict(verdict.rule, (Reason("enrolment-not-begun", policy.sources[_TOTP]),))
    if verdict.allowed and known.totp_pending is not None:
        step = accepted_step(
            config.vault.unseal(number, known.totp_pending),
            code.reveal(),
            now=at,
            last_step=0,
            window=policy.totp_window,
        )
        if step is None or not await prove_session(tx, session, policy=policy, at=at):
            verdict = Verdict(verdict.rule, (Reason("wrong-code", policy.sources[_TOTP]),))
        else:
            sealed = known.totp_pending
            await store.put_second_factor(tx, number=number, sealed=sealed, step=step, at=at)
            await end_sessions_of(tx, number, by=session.staff.actor, at=at, but=session)
    await journal(
        tx,
        stream=f"staff:{number}",
        kind="staff.enrolled" if verdict.allowed else "staff.enrolment-refused",
        by=session.staff.actor,
        body={"session": session.id},
        at=at,
        verdict=verdict,
    )
    return verdict


async def forget_second_factor(tx: Transaction, number: str, *, by: Actor, at: datetime) -> bool:
    """Delete somebody's second factor: sessions end, the next log-in enrols a new one.

    False where there was none. Raises ``NotFound`` for nobody, or who has left.
    """
    await _known(tx, number, lock=True)
    if not await store.forget_second_factor(tx, number):
        return False
    await end_sessions_of(tx, number, by=by, at=at)
    await journal(
        tx, stream=f"staff:{number}", kind="staff.second-factor-forgotten", by=by, body={}, at=at
    )
    return True


async def bring_credentials(
    tx: Transaction,
    number: str,
    *,
    hashed: str,
    totp_secret: bytes,
    config: LoginConfig,
    by: Actor,
    at: datetime,
) -> None:
    """Bring password and second factor over from elsewhere; who has a password keeps it."""
    if (await _known(tx, number, lock=True)).password_hash is not None:
        return
    await store.put_password(tx, number=number, hashed=hashed, must_change=False, at=at)
    sealed = config.vault.seal(number, totp_secret)
    await store.put_second_factor(tx, number=number, sealed=sealed, step=0, at=at)
    for kind in ("staff.password-set", "staff.enrolled"):
        await journal(
            tx, stream=f"staff:{number}", kind=kind, by=by, body={"how": "brought"}, at=at
        )


async def has_password(tx: Transaction, number: str) -> bool:
    """Tell whether somebody can log in with a password."""
    known = await store.credentials(tx, number)
    return known is not None and known.password_hash is not None


def _not_yet(known: Credentials, policy: LoginPolicy) -> Verdict:
    enrolled = Reason("already-enrolled", policy.sources[_TOTP])
    return Verdict(policy.version, (enrolled,) if known.enrolled else ())


async def _known(tx: Transaction, number: str, *, lock: bool = False) -> Credentials:
    found = await store.credentials(tx, number, lock=lock)
    if found is None or found.left:
        raise NotFound(f"nobody has the staff number {number}")
    return found
