"""Logging in: every try is counted before it is judged, and judged outside of any transaction."""

from collections.abc import Iterator
from datetime import datetime

from cardline.core.actor import SYSTEM
from cardline.core.masking import Secret
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.desk.login import store
from cardline.desk.login.model import Attempt, Credentials, Login, Tries
from cardline.desk.login.rules import count_try, may_log_in, told
from cardline.desk.login.sessions import open_session
from cardline.desk.login.totp import accepted_step
from cardline.desk.login.vault import LoginConfig
from cardline.evidence.actions import journal

_SOURCE = "GB/T 22239-2019, 8.1.4.1"


async def log_in(
    database: Database,
    *,
    number: str,
    password: Secret,
    code: Secret,
    user_agent: str,
    config: LoginConfig,
    at: datetime,
) -> Login:
    """Log somebody in: count the try, compare the password, open the session.

    Two transactions with a slow hash between them, which would otherwise hold a lock and a
    connection. The try is counted in the first, so however many come at once, no more are judged
    than the policy allows; a right one takes them back in the second. Refusals are ``locked``
    (until) and ``wrong-credentials``, the same and as late for a number that nobody has. Who has
    no second factor yet gets a session that serves for enrolment only; whose password somebody
    else set, one that serves for changing it.
    """
    async with database.transaction() as tx:
        attempt = await count_attempt(tx, number=number, config=config, at=at)
    if "locked" in attempt.standing.codes:
        return Login(told(attempt.standing))
    right = await config.vault.is_password(number, password, attempt.password_hash)
    async with database.transaction() as tx:
        return await _close_attempt(
            tx, attempt, right=right, code=code, user_agent=user_agent, config=config, at=at
        )


async def count_attempt(
    tx: Transaction, *, number: str, config: LoginConfig, at: datetime
) -> Attempt:
    """Count a try at a number, unless it is locked: that refusal is journaled here."""
    key = config.vault.tries_key(number)
    tries = await store.lock_tries(tx, key=key, at=at)
    known = await store.credentials(tx, number)
    standing = may_log_in(known, tries, policy=config.policy, now=at)
    if "locked" in standing.codes:
        await _journal_refusal(tx, known, standing, at)
    else:
        counted = count_try(tries, policy=config.policy, now=at)
        await store.put_tries(tx, key=key, tries=counted)
        await store.sweep_tries(tx, before=at - config.policy.forget_tries)
    usable = known is not None and not known.left
    return Attempt(number, standing, known.password_hash if known and usable else None)


async def take_back_tries(tx: Transaction, *, number: str, config: LoginConfig) -> None:
    """Forget the tries at a number, its lock included: somebody has proven who they are."""
    await store.forget_tries(tx, key=config.vault.tries_key(number))


async def _close_attempt(
    tx: Transaction,
    attempt: Attempt,
    *,
    right: bool,
    code: Secret,
    user_agent: str,
    config: LoginConfig,
    at: datetime,
) -> Login:
    known = await store.credentials(tx, attempt.number, lock=True)
    standing = may_log_in(known, Tries(), policy=config.policy, now=at)
    # Whoever changed the password meanwhile has made this one wrong.
    right = right and known is not None and known.password_hash == attempt.password_hash
    step = _step(known, code, config, at) if known and right else None
    verdict = Verdict(
        standing.rule, (*standing.refusals, *_findings(known, right=right, step=step))
    )
    if known is None or not verdict.allowed:
        await _journal_refusal(tx, known, verdict, at)
        return Login(told(verdict))
    await take_back_tries(tx, number=attempt.number, config=config)
    if step is not None:
        await store.put_step(tx, number=attempt.number, step=step)
    session, secret = await open_session(
        tx,
        known.staff,
        second_factor=step is not None,
        must_change=known.must_change,
        user_agent=user_agent,
        policy=config.policy,
        at=at,
    )
    body: JsonObject = {"session": session.id, "second_factor": session.second_factor}
    await journal(
        tx,
        stream=f"staff:{attempt.number}",
        kind="staff.logged-in",
        by=known.staff.actor,
        body=body,
        at=at,
        verdict=verdict,
    )
    return Login(verdict, session, secret)


def _step(known: Credentials, code: Secret, config: LoginConfig, at: datetime) -> int | None:
    if known.totp_sealed is None:
        return None
    return accepted_step(
        config.vault.unseal(known.staff.number, known.totp_sealed),
        code.reveal(),
        now=at,
        last_step=known.totp_step,
        window=config.policy.totp_window,
    )


def _findings(known: Credentials | None, *, right: bool, step: int | None) -> Iterator[Reason]:
    if known is None or not known.password_hash:
        return
    if not right:
        yield Reason("wrong-password", _SOURCE)
    elif known.enrolled and step is None:
        yield Reason("wrong-code", _SOURCE)


async def _journal_refusal(
    tx: Transaction, known: Credentials | None, verdict: Verdict, at: datetime
) -> None:
    # A number that nobody has is not written down: it may be a password in the wrong field.
    await journal(
        tx,
        stream=f"staff:{known.staff.number}" if known else "system",
        kind="staff.login-refused",
        by=SYSTEM,
        body={},
        at=at,
        verdict=verdict,
    )
