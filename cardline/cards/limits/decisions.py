"""Limits that a person decides, and limits and offers that end by themselves (row B5)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from cardline.cards.corebank import CoreBank
from cardline.cards.limits import store
from cardline.cards.limits.actions import (
    Limited,
    in_state,
    journal_request,
    put_in_force,
    template_of,
    values_of,
)
from cardline.cards.limits.model import LimitRequest, LimitRequestId, LimitState
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import free_text, tell_holder
from cardline.core.actor import SYSTEM, Actor
from cardline.core.calendar import business_day
from cardline.core.errors import NotFound
from cardline.core.money import Fen, yuan
from cardline.core.transaction import Transaction
from cardline.core.verdict import Reason, judge
from cardline.desk.staff.model import Staff
from cardline.identity.config import IdentityConfig

LEAST_WHY = 15
"""Characters: shorter than that nothing is explained."""

_ROW = "row B5"


async def decide_referred(
    tx: Transaction,
    request_id: LimitRequestId,
    *,
    staff: Staff,
    decision: Literal["grant", "refuse"],
    amount: Fen | None,
    why: str,
    bank: CoreBank,
    identity: IdentityConfig,
    policy: ServicePolicy,
    at: datetime,
) -> Limited:
    """A person decides a referred request: not whoever took it. Journals ``limit.decided``."""
    request = await store.by_id(tx, request_id, lock=True)
    if request is None:
        raise NotFound("there is no such request")
    await store.lock_account(tx, request.account_id)
    masked = free_text(why, least=LEAST_WHY, what="write why it is so decided")
    granted = amount or request.wanted
    account = await bank.account(tx, account_id=request.account_id)
    waits = request.state is LimitState.REFERRED
    moved = waits and (account is None or account.credit_limit != request.present)
    verdict = judge(
        policy.version,
        (
            in_state(request, LimitState.REFERRED),
            Reason("four-eyes", _ROW) if staff.number == request.requested_by else None,
            *(
                _against_grant(granted, request, moved, policy, business_day(at))
                if decision == "grant"
                else ()
            ),
        ),
    )
    if not verdict.allowed:
        await journal_request(tx, request, "limit.decision-refused", staff.actor, at, verdict)
        return Limited(verdict, request)
    grants = decision == "grant"
    decided = replace(
        request,
        state=LimitState.IN_FORCE if grants else LimitState.REFUSED,
        amount=granted if grants else None,
        decided_by=staff.number,
        decided_why=masked.text,
        decided_at=at,
        in_force_at=at if grants else None,
    )
    await store.save(tx, decided)
    holder = await bank.holder(tx, holder_id=request.holder_id)
    if grants:
        await put_in_force(tx, bank, decided, at)
    if holder is not None:
        await tell_holder(
            tx,
            holder,
            config=identity,
            template=template_of(decided) if grants else "limit_refused",
            values=values_of(decided) if grants else {},
            key=f"{decided.id}/decided",
            stream=request.interaction,
            at=at,
        )
    await journal_request(tx, decided, "limit.decided", staff.actor, at, verdict)
    return Limited(verdict, decided)


async def referred(tx: Transaction, *, limit: int = 100) -> list[LimitRequest]:
    """Return the requests that wait for a person, oldest first."""
    return await store.referred(tx, limit=limit)


async def end_limits(
    tx: Transaction,
    *,
    bank: CoreBank,
    identity: IdentityConfig,
    policy: ServicePolicy,
    at: datetime,
    by: Actor = SYSTEM,
    limit: int = 200,
) -> int:
    """End temporary limits and lapsed offers; return how many. Running twice changes nothing.

    The limit returns to what it was, unless somebody has changed it meanwhile. Journals
    ``limit.ended``.
    """
    over = await store.over(
        tx, today=business_day(at), offered_before=at - policy.limit_offer, limit=limit
    )
    for request in over:
        if request.state is LimitState.OFFERED:
            await store.save(tx, replace(request, state=LimitState.DECLINED, ended_at=at))
            await journal_request(tx, request, "limit.ended", by, at, None)
            continue
        ended = replace(request, state=LimitState.ENDED, ended_at=at)
        await store.save(tx, ended)
        account = await bank.account(tx, account_id=request.account_id)
        if account is not None and account.credit_limit == request.amount:
            await bank.set_credit_limit(
                tx,
                account_id=request.account_id,
                limit=request.present,
                key=f"{request.id}/ended",
                at=at,
            )
        holder = await bank.holder(tx, holder_id=request.holder_id)
        if holder is not None:
            await tell_holder(
                tx,
                holder,
                config=identity,
                template="limit_ended",
                values={"yuan": yuan(request.present)},
                key=f"{request.id}/ended",
                stream=request.interaction,
                at=at,
            )
        await journal_request(tx, ended, "limit.ended", by, at, None)
    return len(over)


def _against_grant(
    granted: Fen, request: LimitRequest, moved: bool, policy: ServicePolicy, today: date
) -> tuple[Reason, ...]:
    found = []
    if not request.present < granted <= policy.limit_highest or granted % policy.limit_step:
        found.append(Reason("amount-unfit", "servicing.limit_highest"))
    if moved:
        found.append(Reason("limit-moved", _ROW))
    if request.until is not None and request.until <= today:
        found.append(Reason("temporary-too-long", "servicing.limit_temporary_days"))
    return tuple(found)
