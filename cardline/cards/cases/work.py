"""The life of a case: taken, noted, decided, answered, closed, withdrawn (rows B6, B8, B9).

Each step is journaled in the stream ``case:<id>``. A refused step is journaled too and changes
nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from cardline.cards.announcing import announce
from cardline.cards.cases import store
from cardline.cards.cases.actions import LEAST_TOLD, mark
from cardline.cards.cases.model import Case, CaseId, CaseOutcome, CaseState, Decision
from cardline.cards.corebank import CoreBank
from cardline.cards.model import CreditMark, PostingKind
from cardline.cards.rules import cases as rules
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import free_text, tell_holder
from cardline.core.actor import SYSTEM, Actor
from cardline.core.calendar import business_day
from cardline.core.errors import NotFound
from cardline.core.masking import SecretKind
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal, read_links
from cardline.identity.config import IdentityConfig

LEAST_FINDINGS = 15
"""Characters: shorter than that nothing is explained."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """What became of a step in the life of a case."""

    verdict: Verdict
    case: Case
    masked: tuple[SecretKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Working:
    """Somebody of the staff who works on cases."""

    staff: Staff
    bank: CoreBank
    identity: IdentityConfig
    policy: ServicePolicy
    at: datetime

    @property
    def number(self) -> str:
        """The staff number."""
        return self.staff.number

    @property
    def leads(self) -> bool:
        """True for a lead."""
        return self.staff.role == "lead"


async def take(tx: Transaction, work: Working, case_id: CaseId) -> Stepped:
    """Make a case one's own. Journals ``case.taken``."""
    case = await _locked(tx, case_id)
    verdict = rules.may_take(case, by=work.number, leads=work.leads, policy=work.policy)
    taken = replace(case, state=CaseState.TAKEN, owner=work.number)
    return await _step(tx, work, case, taken, "case.taken", verdict, {"was": case.owner})


async def note(tx: Transaction, work: Working, case_id: CaseId, *, text: str) -> Stepped:
    """Add a note for colleagues. Journals ``case.noted``."""
    case = await _locked(tx, case_id)
    masked = free_text(text, least=1, what="write the note")
    verdict = rules.may_note(case, work.policy)
    stepped = await _step(tx, work, case, case, "case.noted", verdict, {"text": masked.text})
    return replace(stepped, masked=masked.found)


async def decide_case(
    tx: Transaction, work: Working, case_id: CaseId, decision: Decision
) -> Stepped:
    """Decide a case; what is given back is posted at once, once. Journals ``case.decided``."""
    case = await _locked(tx, case_id)
    masked = free_text(
        decision.findings, least=LEAST_FINDINGS, what="write what was found, and why so decided"
    )
    verdict = rules.may_decide(case, decision, by=work.number, leads=work.leads, policy=work.policy)
    decided = replace(
        case,
        state=CaseState.DECIDED,
        outcome=decision.outcome,
        bank_erred=decision.bank_erred,
        findings=masked.text,
        credit=decision.credit,
        decided_by=work.number,
        decided_at=work.at,
    )
    body: JsonObject = {
        "outcome": decision.outcome,
        "bank_erred": decision.bank_erred,
        "credit_fen": decision.credit,
        "findings": masked.text,
    }
    stepped = await _step(tx, work, case, decided, "case.decided", verdict, body)
    if verdict.allowed:
        if decision.credit:
            await work.bank.post(
                tx,
                account_id=case.account_id,
                kind=PostingKind.ADJUSTMENT,
                amount=Fen(-decision.credit),
                posted_on=business_day(work.at),
                at=work.at,
                key=f"case/{case.id}",
                card_id=case.card_id,
            )
        erred = decision.outcome is CaseOutcome.CORRECTED
        shown = CreditMark.CORRECTED if erred else CreditMark.CLEARED
        await mark(tx, work.bank, case, shown, work.at)
    return replace(stepped, masked=masked.found)


async def answer(tx: Transaction, work: Working, case_id: CaseId, *, text: str) -> Stepped:
    """Answer the holder: the words are kept, and an SMS says that the answer is there.

    Journals ``case.answered``.
    """
    case = await _locked(tx, case_id)
    masked = free_text(text, least=LEAST_FINDINGS, what="write the answer to the holder")
    verdict = rules.may_answer(case, by=work.number, leads=work.leads, policy=work.policy)
    answered = replace(case, state=CaseState.ANSWERED, answer=masked.text, answered_at=work.at)
    body: JsonObject = {"text": masked.text, "in_time": business_day(work.at) <= case.due_on}
    stepped = await _step(tx, work, case, answered, "case.answered", verdict, body)
    if verdict.allowed:
        await _tell(tx, work, answered, "case_answered")
    return replace(stepped, masked=masked.found)


async def close(tx: Transaction, work: Working, case_id: CaseId) -> Stepped:
    """Close a case that was answered. Journals ``case.closed``."""
    case = await _locked(tx, case_id)
    verdict = rules.may_close(case, by=work.number, leads=work.leads, policy=work.policy)
    closed = replace(case, state=CaseState.CLOSED, closed_at=work.at)
    return await _step(tx, work, case, closed, "case.closed", verdict, {})


async def withdraw(tx: Transaction, work: Working, case_id: CaseId, *, why: str) -> Stepped:
    """The holder takes a case back. Journals ``case.withdrawn``."""
    case = await _locked(tx, case_id)
    masked = free_text(why, least=LEAST_TOLD, what="write why the holder takes it back")
    verdict = rules.may_withdraw(case, work.policy)
    closed = replace(case, state=CaseState.WITHDRAWN, closed_at=work.at)
    stepped = await _step(tx, work, case, closed, "case.withdrawn", verdict, {"why": masked.text})
    if verdict.allowed:
        await mark(tx, work.bank, case, CreditMark.CLEARED, work.at)
    return replace(stepped, masked=masked.found)


async def find(tx: Transaction, case_id: CaseId) -> Case:
    """Return a case. Raises ``NotFound``."""
    case = await store.by_id(tx, case_id)
    if case is None:
        raise NotFound("there is no such case")
    return case


async def history(tx: Transaction, case: Case) -> list[JsonObject]:
    """Return the steps of a case, oldest first, as the journal has them."""
    entries = [link.entry for link in await read_links(tx, f"case:{case.id}")]
    return [
        {
            "at": entry.at,
            "kind": entry.kind,
            "by": entry.by,
            "text": entry.body.get("text") or entry.body.get("findings") or entry.body.get("why"),
            "outcome": entry.body.get("outcome"),
            "allowed": entry.verdict["allowed"] if entry.verdict else True,
            "reasons": [one["code"] for one in entry.verdict["reasons"]] if entry.verdict else [],
        }
        for entry in entries
        if entry.kind.startswith("case.")
    ]


async def reckon_due_days(
    tx: Transaction, *, policy: ServicePolicy, at: datetime, by: Actor = SYSTEM, limit: int = 200
) -> int:
    """Reckon due days again that the calendar did not reach; return how many are known now.

    Running twice changes nothing. Journals ``case.due-reckoned``.
    """
    done = 0
    for case in await store.with_unknown_due(tx, limit=limit):
        due = rules.due_day(case.kind, case.opened_at, policy)
        if not due.known:
            continue
        await store.set_due(tx, case.id, due.on)
        body = {"due_on": due.on.isoformat(), "was": case.due_on.isoformat()}
        await journal(
            tx, stream=f"case:{case.id}", kind="case.due-reckoned", by=by, body=body, at=at
        )
        done += 1
    return done


async def _locked(tx: Transaction, case_id: CaseId) -> Case:
    case = await store.by_id(tx, case_id, lock=True)
    if case is None:
        raise NotFound("there is no such case")
    return case


async def _step(
    tx: Transaction,
    work: Working,
    before: Case,
    after: Case,
    kind: str,
    verdict: Verdict,
    body: JsonObject,
) -> Stepped:
    """Write a step where it may be, and journal it either way."""
    if verdict.allowed:
        await store.save(tx, after)
    told = {"holder": before.holder_id, "state": (after if verdict.allowed else before).state}
    await journal(
        tx,
        stream=f"case:{before.id}",
        kind=kind if verdict.allowed else "case.step-refused",
        by=work.staff.actor,
        body={**told, **body, **({} if verdict.allowed else {"step": kind})},
        at=work.at,
        verdict=verdict,
    )
    if not verdict.allowed:
        return Stepped(verdict, before)
    announce(tx, what="case", about=after.id, state=after.state, holder=after.holder_id)
    return Stepped(verdict, replace(after, version=before.version + 1))


async def _tell(tx: Transaction, work: Working, case: Case, template: str) -> None:
    holder = await work.bank.holder(tx, holder_id=case.holder_id)
    if holder is not None:
        await tell_holder(
            tx,
            holder,
            config=work.identity,
            template=template,
            values={"case": case.id},
            key=f"{case.id}/{template}",
            stream=f"case:{case.id}",
            at=work.at,
        )
