"""Proving who somebody is, and deciding what they may do: check, do, journal.

Nothing of what an action returns may be told before its transaction is committed: a try that is
not written down must not have been answered. Deciding, passwords, codes, questions and holds have
files of their own; all are named here.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.masking import mask_phone, mask_secrets
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.identity.asking import ask_question, check_answer
from cardline.identity.codes import awaits_code, check_one_time_code, issue_one_time_code
from cardline.identity.config import IdentityConfig
from cardline.identity.deciding import decide, holder_view, locks_of, phone_weak_until, weigh
from cardline.identity.holds import (
    HoldObjection,
    announce_hold,
    check_hold_word,
    object_to_hold,
    objections_of,
    reserve_hold,
)
from cardline.identity.model import Checked, Factor, Proof, Subject, subject_of
from cardline.identity.query_password import (
    bring_query_password,
    check_query_password,
    put_query_password,
)
from cardline.identity.tries import Tries, caller_key

__all__ = [
    "Checked",
    "HoldObjection",
    "announce_hold",
    "ask_question",
    "awaits_code",
    "bring_query_password",
    "check_answer",
    "check_hold_word",
    "check_id_tail",
    "check_one_time_code",
    "check_query_password",
    "check_tails",
    "decide",
    "holder_view",
    "issue_one_time_code",
    "locks_of",
    "object_to_hold",
    "objections_of",
    "phone_weak_until",
    "prove_number",
    "put_query_password",
    "reserve_hold",
    "subject_of",
    "vouch",
    "weigh",
]


async def prove_number(
    tx: Transaction,
    *,
    subject: Subject,
    caller: PhoneNumber | None,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Proof | None:
    """Prove the registered number where somebody calls or texts from it; else ``None``."""
    if caller is None or caller != subject.phone:
        return None
    body: JsonObject = {"factor": Factor.REGISTERED_NUMBER, "holder": subject.id}
    body |= {"caller": mask_phone(caller)}
    rule = Verdict(config.policy.version)
    await journal(tx, stream=stream, kind="identity.proven", by=by, body=body, at=at, verdict=rule)
    return Proof(Factor.REGISTERED_NUMBER, subject.id, at)


async def vouch(
    tx: Transaction, *, holder: HolderId, agent: Actor, detail: str, stream: str, at: datetime
) -> Proof:
    """Write that an agent takes the caller for the holder, and on what ground (row B6).

    Raises :class:`Invalid` where the ground is missing, or where somebody else than staff judges.
    """
    if agent.kind not in ("agent", "staff"):
        raise Invalid("only staff can judge who a caller is")
    if not detail.strip():
        raise Invalid("say what makes you believe that this is the holder")
    detail = mask_secrets(detail).text
    body: JsonObject = {"factor": Factor.AGENT_JUDGEMENT, "holder": holder, "detail": detail}
    await journal(tx, stream=stream, kind="identity.proven", by=agent, body=body, at=at)
    return Proof(Factor.AGENT_JUDGEMENT, holder, at, detail=detail)


async def check_tails(
    tx: Transaction,
    *,
    candidates: Sequence[Subject],
    card_tail: str,
    id_tail: str,
    freezing: bool,
    caller: PhoneNumber | None,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Checked:
    """Check the last 4 digits of card and identity document, counted per calling number (row B6).

    ``candidates`` are the holders whom the card system found by them, or the holder already
    known; what does not fit both tails is left out here. ``id_tail`` may be keyed with ``*`` for
    ``X``. While ``freezing`` far more tries are taken, counted apart.
    """
    fitting = [
        one for one in candidates if _same_id_tail(one, id_tail) and card_tail in one.card_tails
    ]
    policy = config.policy
    tries = Tries(
        key=caller_key(caller, stream),
        factor=Factor.CARD_AND_ID_TAILS,
        most=policy.tails_tries_freezing if freezing else policy.tails_tries,
        policy=policy,
        subject=fitting[0] if len(fitting) == 1 else None,
        caller=caller,
        stream=stream,
        by=by,
        at=at,
        apart="freezing" if freezing else "",
    )
    refused = await tries.locked(tx)
    if refused is not None:
        return refused
    if len(fitting) > 1:
        several = Reason("ambiguous", "identity.needs_hold")
        return await tries.close(tx, right=True, reasons=(several,))
    return await tries.close(tx, right=bool(fitting), proof=tries.proof())


async def check_id_tail(
    tx: Transaction,
    *,
    subject: Subject,
    id_tail: str,
    caller: PhoneNumber,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Checked:
    """Check the identity-number tail alone, as texts carry it; proves nothing, wrong ones count."""
    tries = Tries(
        key=caller_key(caller, stream),
        factor=Factor.CARD_AND_ID_TAILS,
        most=config.policy.tails_tries,
        policy=config.policy,
        subject=subject,
        caller=caller,
        stream=stream,
        by=by,
        at=at,
    )
    refused = await tries.locked(tx)
    if refused is not None:
        return refused
    return await tries.close(tx, right=_same_id_tail(subject, id_tail))


def _same_id_tail(subject: Subject, keyed: str) -> bool:
    wanted = keyed.upper().replace("*", "X")
    return hmac.compare_digest(subject.id_tail.encode(), wanted.encode())
