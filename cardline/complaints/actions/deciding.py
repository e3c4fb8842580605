"""Deciding, with a second person above an amount, and carrying remedies out (row C3).

A decision and its payment are two transactions: the decision orders, :func:`pay` posts under a key
of the remedy. Whoever dies between the posting and its note is followed by another with the same
key, which the card system takes for the same posting: paid once, whatever fails.
"""

from dataclasses import replace
from datetime import datetime

from cardline.cards.model import PostingKind
from cardline.complaints import work_store
from cardline.complaints.actions.choosing import payable
from cardline.complaints.actions.stepping import (
    Stepped,
    Working,
    free_text,
    locked,
    step,
    stream_of,
)
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import Complaint, ComplaintId, Mark, State
from cardline.complaints.rules.deciding import may_agree, may_decide, needs_second
from cardline.complaints.work_model import Decided, Decision, RemedyKind
from cardline.core.actor import SYSTEM, Actor
from cardline.core.calendar import business_day
from cardline.core.errors import Conflict, NotFound
from cardline.core.ids import new_id
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, judge
from cardline.evidence.actions import journal


class PaidOtherwise(Conflict):
    """The card system has another posting under the key of this remedy: a person must look."""

    code = "paid-otherwise"


async def decide(
    tx: Transaction, work: Working, case_id: ComplaintId, decision: Decision
) -> Stepped:
    """Decide; above an amount it waits for a second person. Journals ``complaint.decided``."""
    case = await locked(tx, case_id)
    decision = replace(
        decision,
        findings=free_text(decision.findings, least=0, what="").text,
        basis=free_text(decision.basis, least=0, what="").text,
        reasons=free_text(decision.reasons, least=0, what="").text,
        remedies=tuple(
            replace(one, id=new_id("cr"), detail=free_text(one.detail, least=0, what="").text)
            for one in decision.remedies
        ),
    )
    policy = work.config.policy
    verdict = may_decide(
        case,
        decision,
        by=work.number,
        policy=policy,
        accounts=frozenset(await payable(tx, work, case)),
    )
    waits = needs_second(decision, policy)
    after = replace(case, state=State.AWAITING if waits else State.DECIDED)
    if verdict.allowed:
        decided = Decided(case.round, decision, work.number, work.at, waits)
        await work_store.put_decision(tx, case, decided)
        if not waits:
            await work_store.order_remedies(tx, case, at=work.at)
    return await step(
        tx, case, after, kind="complaint.decided", verdict=verdict,
        body={"needs_second": waits, **_body(decision)}, by=work.actor, config=work.config,
        at=work.at, marks={} if waits else _decided(case, work.at),
    )  # fmt: skip


async def agree(
    tx: Transaction, work: Working, case_id: ComplaintId, *, agrees: bool, why: str
) -> Stepped:
    """The second person agrees, or gives it back to whoever decided.

    Journals ``complaint.agreed`` or ``complaint.turned-down``.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=2, what="write why")
    decided = await _decision(tx, case)
    verdict = may_agree(
        case, decided, by=work.number, role=work.staff.role, policy=work.config.policy
    )
    if verdict.allowed and agrees:
        await work_store.agree(tx, case, by=work.number, at=work.at)
        await work_store.order_remedies(tx, case, at=work.at)
    body = {"text": masked.text, "compensation_fen": decided.decision.compensation}
    return await step(
        tx, case, replace(case, state=State.DECIDED if agrees else State.ACCEPTED),
        kind="complaint.agreed" if agrees else "complaint.turned-down", verdict=verdict, body=body,
        by=work.actor, config=work.config, at=work.at,
        marks=_decided(case, work.at) if agrees else {}, masked=masked.found,
    )  # fmt: skip


async def to_pay(
    tx: Transaction, *, of: ComplaintId | None = None, after: str = "", limit: int = 100
) -> list[str]:
    """Return the compensations that were ordered and are not paid yet, by id, after an id."""
    return await work_store.to_pay(tx, of=of, after=after, limit=limit)


async def pay(
    tx: Transaction, remedy_id: str, *, config: ComplaintConfig, at: datetime, by: Actor = SYSTEM
) -> bool:
    """Post a compensation, once; false where it is paid already. Again it is harmless.

    Journals ``complaint.compensated``. Raises ``NotFound``, ``Conflict`` for what was not ordered
    and :class:`PaidOtherwise`.
    """
    found = await work_store.remedy(tx, remedy_id)
    if found is None:
        raise NotFound("there is no such remedy")
    case_id, remedy, ordered_at = found
    if remedy.done_at is not None:
        return False
    if ordered_at is None or remedy.amount is None or remedy.account_id is None:
        raise Conflict("nothing is paid that was not decided")
    posting = await config.bank.post(
        tx,
        account_id=remedy.account_id,
        kind=PostingKind.ADJUSTMENT,
        amount=Fen(-remedy.amount),
        posted_on=business_day(at),
        at=at,
        key=f"complaint/{remedy_id}",
    )
    if (posting.account_id, posting.amount) != (remedy.account_id, -remedy.amount):
        raise PaidOtherwise("the card system posted something else under this key")
    await work_store.finish_remedy(tx, remedy_id, posting=posting.id, by=str(by), at=at)
    body: JsonObject = {"remedy": remedy_id, "amount_fen": remedy.amount}
    body |= {"account": remedy.account_id, "posting": posting.id}
    await journal(
        tx, stream=stream_of(case_id), kind="complaint.compensated", by=by, body=body, at=at
    )
    return True


async def do_remedy(tx: Transaction, work: Working, remedy_id: str, *, result: str) -> Stepped:
    """Write that a remedy other than money was carried out. Journals ``complaint.remedied``."""
    found = await work_store.remedy(tx, remedy_id)
    if found is None:
        raise NotFound("there is no such remedy")
    case_id, remedy, ordered_at = found
    case = await locked(tx, case_id)
    masked = free_text(result, least=2, what="write what was done")
    if remedy.kind is RemedyKind.COMPENSATION or ordered_at is None:
        raise Conflict("money is paid by itself, and nothing is done before it is decided")
    own = case.handler == work.number
    verdict = judge(
        work.config.policy.version,
        (
            None if own else Reason("not-the-handler", "CMP 17"),
            Reason("remedy-done", "row C3") if remedy.done_at is not None else None,
        ),
    )
    if verdict.allowed:
        await work_store.finish_remedy(tx, remedy_id, posting=None, by=str(work.actor), at=work.at)
    body = {"remedy": remedy_id, "remedy_kind": remedy.kind, "text": masked.text}
    return await step(
        tx, case, case, kind="complaint.remedied", verdict=verdict, body=body, by=work.actor,
        config=work.config, at=work.at, masked=masked.found,
    )  # fmt: skip


def _decided(case: Complaint, at: datetime) -> dict[Mark, datetime]:
    return {Mark.REEXAMINED if case.round > 1 else Mark.DECIDED: at}


async def _decision(tx: Transaction, case: Complaint) -> Decided:
    for one in await work_store.decisions(tx, case):
        if one.round == case.round:
            return one
    raise NotFound("nothing has been decided")


def _body(decision: Decision) -> JsonObject:
    return {
        "outcome": decision.outcome,
        "findings": decision.findings,
        "basis": decision.basis,
        "reasons": decision.reasons,
        "bank_erred": decision.bank_erred,
        "compensation_fen": decision.compensation,
        "remedies": [
            {
                "remedy": one.id,
                "remedy_kind": one.kind,
                "detail": one.detail,
                "amount_fen": one.amount,
                "account": one.account_id,
            }
            for one in decision.remedies
        ],
    }
