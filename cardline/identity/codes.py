"""One-time codes: sent to the registered number, kept as a keyed hash, used once."""

import secrets
from datetime import datetime, timedelta

from cardline.core.actor import Actor
from cardline.core.home import home
from cardline.core.ids import new_id
from cardline.core.masking import Secret
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.identity import code_store as store
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Checked, CodePurpose, Factor, Subject
from cardline.identity.policy import IdentityPolicy
from cardline.identity.tries import Tries, holder_key
from cardline.messages.actions import send_sms
from cardline.messages.model import MessageState

_ONLY_FOR = {CodePurpose.RESET_QUERY_PASSWORD: Act.RESET_QUERY_PASSWORD}
_TEMPLATES = {
    CodePurpose.IDENTIFY: "one_time_code",
    CodePurpose.LOG_IN: "log_in_code",
    CodePurpose.RESET_QUERY_PASSWORD: "reset_code",
}
_DAY = timedelta(days=1)


def random_digits(count: int) -> Secret:
    """Return ``count`` random digits."""
    return Secret("".join(secrets.choice("0123456789") for _ in range(count)))


async def issue_one_time_code(
    tx: Transaction,
    *,
    subject: Subject,
    purpose: CodePurpose,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
    network: str = "",
) -> Verdict:
    """Send a code to the registered number; the older one of its purpose is void from now on.

    The code stands in the message alone. ``network``: where a page was opened in a browser in which
    this holder has not logged in of late. Anybody may type a number there, so such pages have a
    part of the day's codes only, and each network a part of that; the rest waits for browsers that
    are known and for the telephone.

    Reasons of a refusal: ``no-phone``, ``too-soon`` and ``too-many`` with their end,
    ``too-many-strangers`` with its end, ``locked`` (no try is left today; not for a page, where
    networks have tries of their own), or those of the contact gate.
    """
    policy = config.policy
    await store.lock_codes(tx, holder=subject.id)
    reasons = await _refusals(tx, subject, purpose, policy, stream=stream, by=by, at=at)
    name = config.vault.network_name(network) if network else ""
    if name:
        reasons += await _of_strangers(tx, subject, name, policy, at=at)
    verdict = Verdict(policy.version, tuple(reasons))
    if verdict.allowed:
        verdict = await _send(tx, subject, purpose, config, stream=stream, at=at, network=name)
    body: JsonObject = {"holder": subject.id, "purpose": purpose}
    kind = "identity.code-issued" if verdict.allowed else "identity.code-refused"
    await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at, verdict=verdict)
    return verdict


async def awaits_code(
    tx: Transaction, *, subject: Subject, purpose: CodePurpose, at: datetime
) -> bool:
    """Say whether a code that would be taken for ``purpose`` is on its way, or there and not used.

    That of a reset, which a text of the holder's asked for, is taken as well.
    """
    for kind in dict.fromkeys((purpose, CodePurpose.RESET_QUERY_PASSWORD)):
        if await store.usable_codes(tx, holder=subject.id, purpose=kind, at=at):
            return True
    return False


async def check_one_time_code(
    tx: Transaction,
    *,
    subject: Subject | None,
    purpose: CodePurpose,
    code: Secret,
    caller: PhoneNumber | None,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
    network: str = "",
) -> Checked:
    """Check a code and use it up.

    ``network``: where a page was opened. Tries on pages are counted for each number and network,
    apart from the telephone: who merely knows a number spends neither the holder's own tries nor
    the hotline's. All networks together are bounded by the codes: each is void after
    ``code_tries``, and there are ``codes_per_day``.

    The code that a text of the holder's asked for (``RESET_QUERY_PASSWORD``) is taken here as well,
    whatever ``purpose`` is; its proof counts for that act alone.
    """
    apart = f"web/{config.vault.network_name(network)}" if network else ""
    tries = _tries(config.policy, subject, caller, stream=stream, by=by, at=at, apart=apart)
    if subject is not None:
        await store.lock_codes(tx, holder=subject.id)
    refused = await tries.locked(tx)
    if refused is not None:
        return refused
    if subject is None:
        return await tries.close(tx, right=False)
    found = await _use(tx, subject, purpose, code, config, at=at)
    proof = tries.proof(only_for=_ONLY_FOR.get(found)) if found else None
    return await tries.close(tx, right=found is not None, proof=proof)


async def _use(
    tx: Transaction,
    subject: Subject,
    purpose: CodePurpose,
    code: Secret,
    config: IdentityConfig,
    *,
    at: datetime,
) -> CodePurpose | None:
    """Use up the code of ``purpose``, or the one of a reset, that fits; count where none does."""
    missed: list[str] = []
    for kind in dict.fromkeys((purpose, CodePurpose.RESET_QUERY_PASSWORD)):
        usable = await store.usable_codes(tx, holder=subject.id, purpose=kind, at=at)
        for one in usable[:1]:  # issuing voids all older ones
            if config.vault.is_code(
                one.digest, purpose=kind, holder=subject.id, code_id=one.id, code=code
            ):
                await store.use_code(tx, code_id=one.id, at=at)
                return kind
            missed.append(one.id)
    for code_id in missed:
        await store.count_wrong_code(tx, code_id=code_id, most=config.policy.code_tries, at=at)
    return None


async def _refusals(
    tx: Transaction,
    subject: Subject,
    purpose: CodePurpose,
    policy: IdentityPolicy,
    *,
    stream: str,
    by: Actor,
    at: datetime,
) -> list[Reason]:
    reasons: list[Reason] = []
    if subject.phone is None:
        reasons.append(Reason("no-phone", "identity.code_digits"))
    issued = await store.issued_since(tx, holder=subject.id, since=at - _DAY)
    # Who has used the last one needs no patience: a second act may ask for a new code at once.
    unused = await store.unused_since(tx, holder=subject.id, since=at - policy.code_resend)
    if unused is not None:
        end = unused + policy.code_resend
        reasons.append(Reason("too-soon", "identity.code_resend_seconds", end))
    if len(issued) >= policy.codes_per_day:
        end = issued[len(issued) - policy.codes_per_day] + _DAY
        reasons.append(Reason("too-many", "identity.codes_per_day", end))
    if purpose is CodePurpose.LOG_IN:
        return reasons
    locked = await _tries(policy, subject, None, stream=stream, by=by, at=at).locked(tx)
    return [*reasons, *(locked.verdict.refusals if locked else ())]


async def _of_strangers(
    tx: Transaction, subject: Subject, network: str, policy: IdentityPolicy, *, at: datetime
) -> list[Reason]:
    issued = await store.issued_to_strangers(tx, holder=subject.id, since=at - _DAY)
    here = [when for when, name in issued if name == network]
    limits = (
        ([when for when, _ in issued], policy.codes_for_strangers, "identity.codes_for_strangers"),
        (here, policy.codes_per_network, "identity.codes_per_network"),
    )
    return [
        Reason("too-many-strangers", source, times[len(times) - most] + _DAY)
        for times, most, source in limits
        if len(times) >= most
    ]


async def _send(
    tx: Transaction,
    subject: Subject,
    purpose: CodePurpose,
    config: IdentityConfig,
    *,
    stream: str,
    at: datetime,
    network: str,
) -> Verdict:
    assert subject.phone is not None
    policy = config.policy
    code = random_digits(policy.code_digits)
    code_id = new_id("code-")
    expires_at = at + policy.code_lasts
    queued = await send_sms(
        tx,
        config=config.sms,
        holder=subject.id,
        to=subject.phone,
        template=_TEMPLATES[purpose],
        values={
            "code": code.reveal(),
            "minutes": int(policy.code_lasts.total_seconds() // 60),
        },
        language=subject.language,
        zone=subject.zone,
        key=code_id,
        stream=stream,
        at=at,
        lapses_at=expires_at,
    )
    if queued.state is MessageState.REFUSED:
        return queued.verdict
    await store.void_codes(tx, holder=subject.id, purpose=purpose, about="", at=at)
    await store.add_code(
        tx,
        code_id=code_id,
        holder=subject.id,
        purpose=purpose,
        about="",
        digest=config.vault.code_digest(
            purpose=purpose, holder=subject.id, code_id=code_id, code=code
        ),
        caller=None,
        stream=stream,
        at=at,
        expires_at=expires_at,
        network=network,
    )
    return Verdict(policy.version)


def _tries(
    policy: IdentityPolicy,
    subject: Subject | None,
    caller: PhoneNumber | None,
    *,
    stream: str,
    by: Actor,
    at: datetime,
    apart: str = "",
) -> Tries:
    return Tries(
        key=holder_key(subject, caller, stream),
        factor=Factor.ONE_TIME_CODE,
        most=policy.lockout_tries,
        policy=policy,
        subject=subject,
        caller=caller,
        stream=stream,
        by=by,
        at=at,
        zone=subject.zone if subject else home().zone,
        apart=apart,
    )
