"""The query password: checked against guesses, set against thieves (row A6)."""

from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.masking import Secret
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.identity import store
from cardline.identity.config import IdentityConfig
from cardline.identity.deciding import decide
from cardline.identity.model import Act, Checked, Factor, PasswordChange, Proofs, Subject
from cardline.identity.passwords import may_be_password
from cardline.identity.rules import day_of
from cardline.identity.tries import Tries, holder_key
from cardline.messages.actions import send_sms

_ACTS = {
    PasswordChange.SET: Act.SET_QUERY_PASSWORD,
    PasswordChange.CHANGE: Act.CHANGE_QUERY_PASSWORD,
    PasswordChange.RESET: Act.RESET_QUERY_PASSWORD,
}
_NOTICES = {
    PasswordChange.SET: "query_password_set",
    PasswordChange.CHANGE: "query_password_changed",
    PasswordChange.RESET: "query_password_reset",
}


async def check_query_password(
    tx: Transaction,
    *,
    subject: Subject | None,
    password: Secret,
    caller: PhoneNumber | None,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Checked:
    """Check a query password; as long and as silent where there is no such holder (row A2)."""
    tries = Tries(
        key=holder_key(subject, caller, stream),
        factor=Factor.QUERY_PASSWORD,
        most=config.policy.lockout_tries,
        policy=config.policy,
        subject=subject,
        caller=caller,
        stream=stream,
        by=by,
        at=at,
        zone=subject.zone if subject else home().zone,
    )
    refused = await tries.locked(tx)
    if refused is not None:
        return refused
    stored = await store.query_password(tx, holder=subject.id) if subject else None
    right = await config.vault.is_password(
        subject.id if subject else None, password, stored.hash if stored else None
    )
    proof = tries.proof(weak_until=stored.weak_until if stored else None)
    return await tries.close(tx, right=right, proof=proof)


async def put_query_password(
    tx: Transaction,
    *,
    subject: Subject,
    password: Secret,
    how: PasswordChange,
    proofs: Proofs,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Set, change or reset the query password, and tell the holder by SMS (row A6).

    Judges the act itself. Further reasons: those of ``may_be_password``,
    ``weak-password-used-before``, ``already-set`` (set, where there is one) and ``not-set``
    (change, where there is none).
    """
    policy = config.policy
    await store.lock_query_password(tx, holder=subject.id)
    present = await store.query_password(tx, holder=subject.id)
    verdict = await decide(
        tx,
        act=_ACTS[how],
        proofs=proofs,
        subject=subject,
        config=config,
        stream=stream,
        by=by,
        at=at,
    )
    if verdict.allowed:
        verdict = may_be_password(password, subject=subject, policy=policy)
    reasons = list(verdict.refusals)
    if how is PasswordChange.SET and present is not None:
        reasons.append(Reason("already-set", policy.sources[Act.SET_QUERY_PASSWORD]))
    if how is PasswordChange.CHANGE and present is None:
        reasons.append(Reason("not-set", policy.sources[Act.CHANGE_QUERY_PASSWORD]))
    if not reasons and await _used_before(tx, subject, password, config):
        reasons.append(Reason("weak-password-used-before", "identity.password_history"))
    verdict = Verdict(policy.version, tuple(reasons))
    body: JsonObject = {"holder": subject.id, "how": how}
    if not verdict.allowed:
        kind = "identity.query-password-refused"
        await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at, verdict=verdict)
        return verdict
    weak_until: datetime | None = at + policy.weak_after_reset
    if how is PasswordChange.CHANGE:
        weak_until = present.weak_until if present else None
    await store.replace_query_password(
        tx,
        holder=subject.id,
        hashed=await config.vault.hash_password(subject.id, password),
        how=how,
        weak_until=weak_until,
        keep=policy.password_history,
        at=at,
    )
    day, _ = day_of(at, subject.zone)
    await store.clear_counter(
        tx, subject=holder_key(subject, None, stream), factor=Factor.QUERY_PASSWORD, day=day
    )
    kind = "identity.query-password-put"
    entry = await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at, verdict=verdict)
    if subject.phone is not None:
        hours = int(policy.weak_after_reset.total_seconds() // 3600)
        await send_sms(
            tx,
            config=config.sms,
            holder=subject.id,
            to=subject.phone,
            template=_NOTICES[how],
            values={"hours": hours} if how is PasswordChange.RESET else {},
            language=subject.language,
            zone=subject.zone,
            key=f"password/{entry.stream}/{entry.seq}",
            stream=stream,
            at=at,
        )
    return verdict


async def bring_query_password(
    tx: Transaction,
    *,
    holder: HolderId,
    password: Secret,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> None:
    """Bring a password over from elsewhere (demonstration, an older system): judged there.

    A holder who has one already keeps it.
    """
    await store.lock_query_password(tx, holder=holder)
    if await store.query_password(tx, holder=holder) is not None:
        return
    await store.replace_query_password(
        tx,
        holder=holder,
        hashed=await config.vault.hash_password(holder, password),
        how=PasswordChange.SET,
        weak_until=None,
        keep=config.policy.password_history,
        at=at,
    )
    body: JsonObject = {"holder": holder, "how": "brought"}
    kind = "identity.query-password-put"
    await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at)


async def _used_before(
    tx: Transaction, subject: Subject, password: Secret, config: IdentityConfig
) -> bool:
    count = config.policy.password_history
    for hashed in await store.last_hashes(tx, holder=subject.id, count=count):
        if await config.vault.is_password(subject.id, password, hashed):
            return True
    return False
