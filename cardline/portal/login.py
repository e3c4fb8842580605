"""Logging in by one-time code: nobody learns here who is a customer (rows A2, A7).

A number that nobody has registered gets the same answers as a customer's, and after the same time:
whoever calls these sees to it that they take ``even_pace``.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cardline.cards.corebank import CoreBank
from cardline.core.actor import Actor
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import Secret
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.identity import actions as identity
from cardline.identity.model import CodePurpose, Subject, subject_of
from cardline.outreach import actions as outreach
from cardline.portal import session_store as store
from cardline.portal.config import PortalConfig
from cardline.portal.model import Session, SignIn, SignInId
from cardline.portal.sessions import hashed, open_session

_FORGOTTEN = timedelta(days=1)
_LONGEST_MARK = 100
_SOMEBODY = Actor("caller")


@dataclass(frozen=True, slots=True)
class Opened:
    """The outcome of a code: a session and its secret, or why not."""

    verdict: Verdict
    session: Session | None = None
    secret: Secret | None = None
    back_to: str = ""


async def ask_code(
    tx: Transaction,
    *,
    visit: Secret,
    phone: PhoneNumber,
    back_to: str,
    kept: JsonObject | None,
    network: str,
    mark: str,
    bank: CoreBank,
    config: PortalConfig,
    at: datetime,
) -> None:
    """Send a code to a number where it is registered, and remember the try in any case.

    ``visit`` is the secret of the browser before it is logged in; ``mark`` what an earlier log-in
    left there (:func:`browser_mark`): a browser without it shares the codes of strangers, counted
    for its ``network``. Says nothing of what became of
    it: too soon, too many, locked and unknown are the same to whoever asks. The journal knows.
    """
    sign_in = SignIn(SignInId(new_id("si")), phone, at, at + config.policy.sign_in, back_to, kept)
    await store.sweep_sign_ins(tx, before=at - _FORGOTTEN)
    await store.put_sign_in(tx, sign_in, secret_hash=hashed(visit))
    holder = await bank.holder_by_phone(tx, phone=phone)
    if holder is None:
        return
    await identity.issue_one_time_code(
        tx,
        subject=subject_of(holder, await bank.cards_of(tx, holder_id=holder.id)),
        purpose=CodePurpose.LOG_IN,
        config=config.identity,
        stream=sign_in.id,
        by=_SOMEBODY,
        at=at,
        network="" if _is_known(mark, holder.id, config, at=at) else network,
    )


def browser_mark(holder: HolderId, *, config: PortalConfig, at: datetime) -> str:
    """Return what a browser keeps of a log-in: a day, and a sign that only this server can make.

    It names nobody and opens nothing; it only asks for codes as the holder's own browser does.
    """
    day = at.date().isoformat()
    return f"{day}.{config.identity.vault.browser_mark(holder, day)}"


def _is_known(mark: str, holder: HolderId, config: PortalConfig, *, at: datetime) -> bool:
    day, _, sign = mark[:_LONGEST_MARK].partition(".")
    try:
        since = date.fromisoformat(day)
    except ValueError:
        return False
    if not timedelta(0) <= at.date() - since <= config.policy.known_browser:
        return False
    return hmac.compare_digest(
        sign.encode(), config.identity.vault.browser_mark(holder, day).encode()
    )


async def open_sign_in(tx: Transaction, *, visit: Secret, at: datetime) -> SignIn | None:
    """Return the try to log in that is open in a browser."""
    return await store.sign_in(tx, secret_hash=hashed(visit), at=at)


async def enter_code(
    tx: Transaction,
    *,
    visit: Secret,
    code: Secret,
    network: str,
    user_agent: str,
    bank: CoreBank,
    config: PortalConfig,
    at: datetime,
) -> Opened:
    """Check a code and open a session with a new secret.

    Wrong codes count for this number and ``network``. Refusals: ``sign-in-over`` (begin again),
    ``wrong`` and ``locked``, the same for everybody.
    """
    sign_in = await store.sign_in(tx, secret_hash=hashed(visit), at=at, lock=True)
    if sign_in is None:
        over = Reason("sign-in-over", config.policy.sources["sign_in_minutes"])
        return Opened(Verdict(config.policy.version, (over,)))
    holder = await bank.holder_by_phone(tx, phone=sign_in.phone)
    subject: Subject | None = None
    if holder is not None:
        subject = subject_of(holder, await bank.cards_of(tx, holder_id=holder.id))
    checked = await identity.check_one_time_code(
        tx,
        subject=subject,
        purpose=CodePurpose.LOG_IN,
        code=code,
        # Guesses at nobody count against the number, or they would be free.
        caller=None if subject else sign_in.phone,
        config=config.identity,
        stream=sign_in.id,
        by=_SOMEBODY,
        at=at,
        network=network,
    )
    proof = checked.proof
    if holder is None or proof is None or proof.only_for is not None:
        # The code of a password reset is taken by that check too; it opens nothing here.
        wrong = Reason("wrong", "identity.lockout_tries")
        refusals = checked.verdict.refusals or (wrong,)
        return Opened(Verdict(config.policy.version, refusals))
    await store.end_sign_in(tx, sign_in.id, at=at)
    session, secret = await open_session(
        tx,
        holder=holder,
        proof=proof,
        kept=sign_in.kept,
        user_agent=user_agent,
        policy=config.policy,
        at=at,
    )
    await outreach.confirm_number(tx, holder=holder.id, phone=sign_in.phone, at=at)
    return Opened(checked.verdict, session, secret, sign_in.back_to)
