"""Taking a case in for the claimed holder, and finding it again (rows B6, B8, B9).

Its life is in ``case_work``. Taking in is journaled in the interaction and begins the stream
``case:<id>``; a refusal is journaled too.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from cardline.cards.announcing import announce
from cardline.cards.cases import store
from cardline.cards.cases.model import Case, CaseId, CaseKind, CaseReason, CaseState
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CreditMark, Posting, PostingId
from cardline.cards.rules import cases as rules
from cardline.cards.rules.state import merge
from cardline.cards.serving import (
    Serving,
    claimant,
    decide,
    free_text,
    own_posting,
    tell,
    took_part,
)
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AccountId, CardId, HolderId, new_id
from cardline.core.masking import SecretKind
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.identity.model import Act

LEAST_TOLD = 4
"""Characters: shorter than that nothing is told."""

_ACTS = {
    CaseKind.DISPUTE: Act.DISPUTE_TRANSACTION,
    CaseKind.FAILED_TRANSACTION: Act.REPORT_FAILED_TRANSACTION,
    CaseKind.CREDIT_OBJECTION: Act.OBJECT_CREDIT_RECORD,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a holder asks to have looked into."""

    kind: CaseKind
    reason: CaseReason
    told: str
    account: AccountId | None = None
    card: CardId | None = None
    posting: PostingId | None = None
    amount: Fen | None = None
    """Where it is about a part of the posting, or nothing was posted."""
    month: date | None = None
    key: str = ""
    """Named by the screen so that a second press is the same request."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of it."""

    verdict: Verdict
    case: Case | None
    already: bool = False
    """True where the same was asked before: that case goes on."""
    masked: tuple[SecretKind, ...] = ()
    """Kinds of secrets that were taken out of the words."""
    causes: tuple[str, ...] = ()
    """Why a transaction probably failed."""
    freeze_advised: bool = False
    """Somebody else may have the card: freeze it now."""


async def open_case(tx: Transaction, serving: Serving, ask: Ask) -> Opened:
    """Take a case in for the claimed holder; the holder gets its number and due day by SMS.

    A credit record is marked as disputed from that moment on (CRR 25). Raises ``NotFound`` for
    what is not this holder's.
    """
    await took_part(tx, serving)
    person = await claimant(tx, serving)
    told = free_text(ask.told, least=LEAST_TOLD, what="write down what the holder says")
    posting = await own_posting(tx, serving, person, ask.posting) if ask.posting else None
    card = person.card(ask.card) if ask.card else None
    first = person.accounts[0].id if person.accounts else None
    account = _account_of(ask, posting, card, first)
    if account is None:
        raise Invalid("say which account it is about")
    if posting is None and card is None:
        person.account(account)
    elif card is not None and card.account_id != account:
        raise Invalid("this card does not belong to that account")
    verdict = merge(
        await decide(tx, serving, person, _ACTS[ask.kind]),
        rules.may_open(
            ask.kind,
            ask.reason,
            posting,
            amount=ask.amount,
            month=ask.month,
            policy=serving.policy,
            now=serving.at,
        ),
    )
    used = card.id if card else posting.card_id if posting else None
    due = rules.due_day(ask.kind, serving.at, serving.policy)
    case = Case(
        id=CaseId(new_id("case-")),
        key=_key(serving, ask, account),
        kind=ask.kind,
        reason=ask.reason,
        holder_id=person.holder.id,
        account_id=account,
        card_id=used,
        posting_id=posting.id if posting else None,
        amount=ask.amount or (Fen(abs(posting.amount)) if posting else None),
        month=ask.month.replace(day=1) if ask.month else None,
        interaction=serving.interaction.id,
        language=person.holder.language,
        told=told.text,
        state=CaseState.OPEN,
        owner=None,
        opened_by=serving.staff.number,
        opened_at=serving.at,
        due_on=due.on,
        due_known=due.known,
    )
    if not verdict.allowed:
        await _journal_opening(tx, serving, case, "case.refused", verdict, told.found)
        return Opened(verdict, None, masked=told.found)
    if not await store.insert(tx, case):
        known = await store.like(tx, case)
        if known is None or known.holder_id != person.holder.id:
            raise NotFound("this holder has no such transaction")
        return Opened(verdict, known, already=True, masked=told.found)
    await _journal_opening(tx, serving, case, "case.opened", verdict, told.found)
    announce(tx, what="case", about=case.id, state=case.state, holder=case.holder_id)
    await mark(tx, serving.bank, case, CreditMark.DISPUTED, serving.at)
    values = {"case": case.id, "due": case.due_on.isoformat()}
    await tell(
        tx, serving, person.holder, template="case_opened", values=values, key=f"{case.id}/opened"
    )
    live = next((each for each in person.cards if each.id == used), None)
    causes: tuple[str, ...] = ()
    if ask.kind is CaseKind.FAILED_TRANSACTION:
        balance = await serving.bank.balance(tx, account_id=account, at=serving.at)
        causes = rules.likely_causes(live, balance, case.amount, at=serving.at)
    stolen = ask.reason in (CaseReason.NOT_MINE, CaseReason.ABNORMAL)
    usable = live is None or live.state.value == "active"
    return Opened(verdict, case, masked=told.found, causes=causes, freeze_advised=stolen and usable)


def _account_of(
    ask: Ask, posting: Posting | None, card: Card | None, first: AccountId | None
) -> AccountId | None:
    if posting is not None:
        return posting.account_id
    if ask.account is not None:
        return ask.account
    return card.account_id if card else first


def _key(serving: Serving, ask: Ask, account: AccountId) -> str:
    """Name the request: by the screen's word, else by all that was said."""
    said = "/".join(str(part) for part in (ask.reason, ask.card, ask.posting, ask.amount, ask.told))
    word = ask.key or hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
    return f"{serving.interaction.id}/{ask.kind}/{account}/{ask.month or ''}/{word}"


async def of_holder(tx: Transaction, holder_id: HolderId) -> list[Case]:
    """Return the cases of a holder, newest first."""
    return await store.of_holder(tx, holder_id)


async def open_of_holder(tx: Transaction, holder_id: HolderId, *, limit: int = 20) -> list[Case]:
    """Return the cases of a holder that wait for an answer, the one due first at the top."""
    return await store.open_of_holder(tx, holder_id, limit=limit)


async def work_list(tx: Transaction, *, owner: str | None, limit: int = 100) -> list[Case]:
    """Return cases that wait for an answer, the one due first at the top."""
    return await store.work_list(tx, owner=owner, limit=limit)


async def open_objections(tx: Transaction) -> list[Case]:
    """Return the objections to credit records that wait for an answer, the one due first first."""
    return await store.open_of_kind(tx, CaseKind.CREDIT_OBJECTION)


async def open_cases(
    tx: Transaction,
    account_id: AccountId,
    *,
    card_id: CardId | None = None,
    kind: CaseKind | None = None,
) -> int:
    """Count the cases of an account, or of one card of it, that wait for an answer."""
    return await store.count_open(tx, account_id=account_id, card_id=card_id, kind=kind)


async def _journal_opening(
    tx: Transaction,
    serving: Serving,
    case: Case,
    kind: str,
    verdict: Verdict,
    found: tuple[SecretKind, ...],
) -> None:
    body: JsonObject = {
        "case": case.id,
        "case_kind": case.kind,
        "reason": case.reason,
        "holder": case.holder_id,
        "account": case.account_id,
        "card": case.card_id,
        "posting": case.posting_id,
        "amount_fen": case.amount,
        "month": case.month.isoformat() if case.month else None,
        "due_on": case.due_on.isoformat(),
        "due_known": case.due_known,
        "text": case.told,
        **({"masked": list(found)} if found else {}),
    }
    streams = [serving.stream] + ([f"case:{case.id}"] if verdict.allowed else [])
    for stream in streams:
        await journal(
            tx, stream=stream, kind=kind, by=serving.by, body=body, at=serving.at, verdict=verdict
        )


async def mark(tx: Transaction, bank: CoreBank, case: Case, mark: CreditMark, at: datetime) -> None:
    """Mark the month of a credit record; nothing for other kinds of case."""
    if case.kind is CaseKind.CREDIT_OBJECTION and case.month is not None:
        await bank.mark_credit_record(
            tx,
            account_id=case.account_id,
            month=case.month,
            mark=mark,
            key=f"case/{case.id}/{mark}",
            at=at,
        )
