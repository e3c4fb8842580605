"""Types of cases: what a holder asked to have looked into (rows B6, B8, B9)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from cardline.cards.model import NOTHING, Language, PostingId
from cardline.core.ids import AccountId, CardId, HolderId, InteractionId
from cardline.core.money import Fen

CaseId = NewType("CaseId", str)


class CaseKind(StrEnum):
    """What kind of case."""

    DISPUTE = "dispute"
    FAILED_TRANSACTION = "failed_transaction"
    CREDIT_OBJECTION = "credit_objection"


class CaseReason(StrEnum):
    """What the holder says is wrong; which words belong to which kind: :data:`REASONS`."""

    NOT_MINE = "not-mine"
    WRONG_AMOUNT = "wrong-amount"
    CHARGED_TWICE = "charged-twice"
    NOT_RECEIVED = "not-received"
    REFUND_MISSING = "refund-missing"
    DECLINED = "declined"
    CHARGED_THOUGH_FAILED = "charged-though-failed"
    ABNORMAL = "abnormal"
    PAID_IN_TIME = "paid-in-time"
    NOT_MY_DEBT = "not-my-debt"
    WRONG_ENTRY = "wrong-entry"
    OTHER = "other"


class CaseState(StrEnum):
    """Where a case is; ``CLOSED`` and ``WITHDRAWN`` are ends."""

    OPEN = "open"
    TAKEN = "taken"
    DECIDED = "decided"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class CaseOutcome(StrEnum):
    """What was decided; which words belong to which kind: :data:`OUTCOMES`."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    NOT_UPHELD = "not-upheld"
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    ENTRY_STANDS = "entry-stands"


REASONS: dict[CaseKind, frozenset[CaseReason]] = {
    CaseKind.DISPUTE: frozenset(
        {
            CaseReason.NOT_MINE,
            CaseReason.WRONG_AMOUNT,
            CaseReason.CHARGED_TWICE,
            CaseReason.NOT_RECEIVED,
            CaseReason.REFUND_MISSING,
            CaseReason.OTHER,
        }
    ),
    CaseKind.FAILED_TRANSACTION: frozenset(
        {
            CaseReason.DECLINED,
            CaseReason.CHARGED_THOUGH_FAILED,
            CaseReason.ABNORMAL,
            CaseReason.OTHER,
        }
    ),
    CaseKind.CREDIT_OBJECTION: frozenset(
        {
            CaseReason.PAID_IN_TIME,
            CaseReason.NOT_MY_DEBT,
            CaseReason.WRONG_ENTRY,
            CaseReason.OTHER,
        }
    ),
}

OUTCOMES: dict[CaseKind, frozenset[CaseOutcome]] = {
    CaseKind.DISPUTE: frozenset(
        {CaseOutcome.UPHELD, CaseOutcome.PARTLY_UPHELD, CaseOutcome.NOT_UPHELD}
    ),
    CaseKind.FAILED_TRANSACTION: frozenset({CaseOutcome.EXPLAINED, CaseOutcome.CORRECTED}),
    CaseKind.CREDIT_OBJECTION: frozenset({CaseOutcome.CORRECTED, CaseOutcome.ENTRY_STANDS}),
}


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day on which an answer is in time, and how it was reckoned."""

    on: date
    known: bool = True
    """False where the calendar ends before: ``on`` is its last day, certainly not too late."""
    skipped: tuple[date, ...] = ()
    """Days off in between, for whoever wants to see how it was reckoned."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it is stored; its history is the journal stream ``case:<id>``."""

    id: CaseId
    key: str
    kind: CaseKind
    reason: CaseReason
    holder_id: HolderId
    account_id: AccountId
    card_id: CardId | None
    posting_id: PostingId | None
    amount: Fen | None
    month: date | None
    interaction: InteractionId
    language: Language
    told: str
    state: CaseState
    owner: str | None
    opened_by: str
    opened_at: datetime
    due_on: date
    due_known: bool
    outcome: CaseOutcome | None = None
    bank_erred: bool | None = None
    findings: str | None = None
    credit: Fen | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about a case."""

    outcome: CaseOutcome
    findings: str
    bank_erred: bool | None = None
    """Credit records: whether the fault was the bank's; must be said."""
    credit: Fen = NOTHING
    """What the holder is given back."""
