"""Requests for another credit limit, decided by rule; the holder's word on a lower offer (row B5).

What a person decides, and how limits end, is in ``limit_decisions``.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from cardline.cards.announcing import announce
from cardline.cards.cases.actions import open_cases
from cardline.cards.cases.model import CaseKind
from cardline.cards.corebank import CoreBank
from cardline.cards.limits import store
from cardline.cards.limits.model import (
    LimitDecision,
    LimitFacts,
    LimitOutcome,
    LimitRequest,
    LimitRequestId,
    LimitState,
    Term,
)
from cardline.cards.model import CardState, Holder
from cardline.cards.rules.limit import decide_limit
from cardline.cards.rules.state import state_at
from cardline.cards.serving import Claimant, Serving, claimant, decide, talks, tell
from cardline.core.actor import Actor
from cardline.core.calendar import business_day
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AccountId, HolderId, new_id
from cardline.core.money import Fen, yuan
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict, judge
from cardline.evidence.actions import journal
from cardline.evidence.rules import encode_verdict
from cardline.identity.model import Act

_ROW = "row B5"
_STATE = {
    LimitOutcome.GRANTED: LimitState.IN_FORCE,
    LimitOutcome.LOWER: LimitState.OFFERED,
    LimitOutcome.REFUSED: LimitState.REFUSED,
    LimitOutcome.REFERRED: LimitState.REFERRED,
}


@dataclass(frozen=True, slots=True)
class Limited:
    """What became of a request. ``verdict`` has the reasons of identity or of the limit rule."""

    verdict: Verdict
    request: LimitRequest | None
    outcome: LimitOutcome | None = None
    already: bool = False


async def request_limit(
    tx: Transaction,
    serving: Serving,
    *,
    account_id: AccountId,
    wanted: Fen,
    term: Term,
    until: date | None,
    key: str,
) -> Limited:
    """Decide a request; what is granted is in force at once.

    Journals ``limit.requested`` with facts, outcome and all reasons, or ``limit.not-heard`` where
    identity does not suffice. Raises ``NotFound`` for an account that is not this holder's.
    """
    if term == "temporary" and until is None:
        raise Invalid("a temporary limit needs its last day")
    await talks(tx, serving)
    person = await claimant(tx, serving)
    account = person.account(account_id)
    await store.lock_account(tx, account.id)
    unique = f"{serving.interaction.id}/{account.id}/{key or f'{wanted}/{term}/{until}'}"
    known = await store.by_key(tx, unique)
    if known is not None:
        return Limited(_verdict(known), known, LimitOutcome(known.decision["outcome"]), True)
    may = await decide(tx, serving, person, Act.LIMIT_REQUEST)
    if not may.allowed:
        body = {"account": account.id, "wanted_fen": wanted, "term": term}
        await journal(
            tx,
            stream=serving.stream,
            kind="limit.not-heard",
            by=serving.by,
            body=body,
            at=serving.at,
            verdict=may,
        )
        return Limited(may, None)
    facts = await limit_facts(tx, serving, person, account_id)
    today = business_day(serving.at)
    decision = decide_limit(wanted, term, facts, until=until, policy=serving.policy, today=today)
    request = _request(serving, person, unique, facts, decision, account_id, wanted, term, until)
    await store.insert(tx, request)
    if request.state is LimitState.IN_FORCE:
        await put_in_force(tx, serving.bank, request, serving.at)
        await _tell_set(tx, serving, person.holder, request)
    await journal_request(tx, request, "limit.requested", serving.by, serving.at, decision.verdict)
    return Limited(decision.verdict, request, decision.outcome)


async def limit_facts(
    tx: Transaction, serving: Serving, person: Claimant, account_id: AccountId
) -> LimitFacts:
    """Read what counts for a limit."""
    account, policy = person.account(account_id), serving.policy
    look = max(policy.limit_statements, policy.limit_late_statements)
    statements = await serving.bank.statements(tx, account_id=account.id, limit=look)
    used = statements[: policy.limit_statements]
    balance = await serving.bank.balance(tx, account_id=account.id, at=serving.at)
    requests = await store.of_account(tx, account.id)
    rises = [
        business_day(one.in_force_at)
        for one in requests
        if one.in_force_at and one.term == "permanent" and (one.amount or 0) > one.present
    ]
    temporary = [
        one.until
        for one in requests
        if one.until and one.term == "temporary" and one.state is LimitState.IN_FORCE
    ]
    today = business_day(serving.at)
    newest = statements[0] if statements else None
    states = [state_at(card, serving.at) for card in person.cards if card.account_id == account.id]
    return LimitFacts(
        present=account.credit_limit,
        owed=balance.owed,
        opened_on=account.opened_on,
        statements=len(used),
        highest_use=Fen(max((one.closing for one in used), default=0)),
        late=_missed([one.arrears_months for one in statements[: policy.limit_late_statements]]),
        in_arrears=newest is not None
        and newest.unpaid_minimum > 0
        and (newest.due_on < today or newest.arrears_months > 0),
        other_loans=person.holder.other_loans,
        open_disputes=await open_cases(tx, account.id, kind=CaseKind.DISPUTE),
        card_protected=any(one in (CardState.HELD, CardState.FROZEN) for one in states),
        live_card=any(one is not CardState.CLOSED for one in states),
        last_rise_on=max(rises, default=None),
        temporary_until=max(temporary, default=None),
        request_open=any(
            one.state in (LimitState.REFERRED, LimitState.OFFERED) for one in requests
        ),
    )


def _missed(arrears: list[int]) -> int:
    """Count statements that closed with one more missed minimum than the one before them."""
    older = [*arrears[1:], 0][: len(arrears)]
    return sum(now > before for now, before in zip(arrears, older, strict=True))


async def settle_offer(
    tx: Transaction, serving: Serving, request_id: LimitRequestId, *, accepts: bool
) -> Limited:
    """The holder takes the lower offer, or declines it. Journals ``limit.settled``."""
    await talks(tx, serving)
    person = await claimant(tx, serving)
    request = await _own(tx, person, request_id)
    await store.lock_account(tx, request.account_id)
    waits = request.state is LimitState.OFFERED
    moved = waits and person.account(request.account_id).credit_limit != request.present
    lapsed = serving.at >= request.requested_at + serving.policy.limit_offer
    verdict = judge(
        serving.policy.version,
        (
            in_state(request, LimitState.OFFERED),
            Reason("limit-moved", _ROW) if moved else None,
            Reason("offer-lapsed", "servicing.limit_offer_days") if lapsed else None,
            *(await decide(tx, serving, person, Act.LIMIT_REQUEST)).refusals,
        ),
    )
    if not verdict.allowed:
        await journal_request(tx, request, "limit.settle-refused", serving.by, serving.at, verdict)
        return Limited(verdict, request)
    settled = replace(
        request,
        state=LimitState.IN_FORCE if accepts else LimitState.DECLINED,
        decided_at=serving.at,
        in_force_at=serving.at if accepts else None,
    )
    await store.save(tx, settled)
    if accepts:
        await put_in_force(tx, serving.bank, settled, serving.at)
        await _tell_set(tx, serving, person.holder, settled)
    await journal_request(tx, settled, "limit.settled", serving.by, serving.at, verdict)
    return Limited(verdict, settled)


async def requests_of(tx: Transaction, holder_id: HolderId) -> list[LimitRequest]:
    """Return the requests of a holder, newest first."""
    return await store.of_holder(tx, holder_id)


def _request(
    serving: Serving,
    person: Claimant,
    key: str,
    facts: LimitFacts,
    decision: LimitDecision,
    account_id: AccountId,
    wanted: Fen,
    term: Term,
    until: date | None,
) -> LimitRequest:
    state = _STATE[decision.outcome]
    known = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(facts).items()
    }
    return LimitRequest(
        id=LimitRequestId(new_id("limit-")),
        key=key,
        holder_id=person.holder.id,
        account_id=account_id,
        interaction=serving.interaction.id,
        term=term,
        present=facts.present,
        wanted=wanted,
        until=until if term == "temporary" else None,
        state=state,
        amount=decision.amount,
        decision={
            "outcome": decision.outcome.value,
            "facts": known,
            **encode_verdict(decision.verdict),
        },
        requested_by=serving.staff.number,
        requested_at=serving.at,
        in_force_at=serving.at if state is LimitState.IN_FORCE else None,
    )


def _verdict(request: LimitRequest) -> Verdict:
    """Read the verdict of then."""
    return Verdict(
        request.decision["rule"],
        tuple(
            Reason(
                one["code"],
                one["source"],
                datetime.fromisoformat(one["until"]) if "until" in one else None,
            )
            for one in request.decision["reasons"]
        ),
    )


async def put_in_force(
    tx: Transaction, bank: CoreBank, request: LimitRequest, at: datetime
) -> None:
    """Write the limit that was granted; once, however often."""
    assert request.amount is not None
    await bank.set_credit_limit(
        tx,
        account_id=request.account_id,
        limit=request.amount,
        key=f"{request.id}/in-force",
        at=at,
    )


async def _tell_set(
    tx: Transaction, serving: Serving, holder: Holder, request: LimitRequest
) -> None:
    await tell(
        tx,
        serving,
        holder,
        template=template_of(request),
        values=values_of(request),
        key=f"{request.id}/in-force",
    )


def template_of(request: LimitRequest) -> str:
    """Name the message that tells of a limit in force."""
    return "limit_set_temporary" if request.until else "limit_set"


def values_of(request: LimitRequest) -> dict[str, str | int | datetime]:
    """Return what that message is filled with."""
    until = {"until": request.until.isoformat()} if request.until else {}
    return {"yuan": yuan(request.amount or 0), **until}


async def _own(tx: Transaction, person: Claimant, request_id: LimitRequestId) -> LimitRequest:
    request = await store.by_id(tx, request_id, lock=True)
    if request is None or request.holder_id != person.holder.id:
        raise NotFound("this holder has no such request")
    return request


def in_state(request: LimitRequest, state: LimitState) -> Reason | None:
    """Return what stands against it where a request is not there."""
    return None if request.state is state else Reason(f"request-is-{request.state}", _ROW)


async def journal_request(
    tx: Transaction,
    request: LimitRequest,
    kind: str,
    by: Actor,
    at: datetime,
    verdict: Verdict | None,
) -> None:
    """Journal what became of a request, in the interaction where it was asked."""
    body: JsonObject = {
        "request": request.id,
        "holder": request.holder_id,
        "account": request.account_id,
        "term": request.term,
        "wanted_fen": request.wanted,
        "present_fen": request.present,
        "amount_fen": request.amount,
        "state": request.state,
        **({"until": request.until.isoformat()} if request.until else {}),
        **({"why": request.decided_why} if request.decided_why else {}),
        **({"facts": request.decision["facts"]} if kind == "limit.requested" else {}),
    }
    await journal(
        tx, stream=request.interaction, kind=kind, by=by, body=body, at=at, verdict=verdict
    )
    announce(tx, what="limit", about=request.id, state=request.state, holder=request.holder_id)
