"""What the routes of cases answer: the contract of the agent's screen."""

from datetime import date, datetime

from pydantic import BaseModel

from cardline.cards import words
from cardline.cards.cases.actions import Opened
from cardline.cards.cases.model import Case
from cardline.cards.cases.work import Stepped
from cardline.cards.verdict_views import AmountView, VerdictView, WordsView, amount_or_none
from cardline.core.transaction import JsonObject


class CaseView(BaseModel):
    """A case. ``due_known`` is false where the calendar ends before the due day."""

    id: str
    kind: str
    reason: str
    holder: str
    account: str
    card: str | None
    posting: str | None
    amount: AmountView | None
    month: str | None
    interaction: str
    language: str
    told: str
    state: str
    owner: str | None
    opened_by: str
    opened_at: datetime
    due_on: date
    due_known: bool
    outcome: str | None
    bank_erred: bool | None
    findings: str | None
    credit: AmountView | None
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    closed_at: datetime | None

    @classmethod
    def of(cls, case: Case) -> "CaseView":
        """Show a case."""
        return cls(
            id=case.id,
            kind=case.kind.value,
            reason=case.reason.value,
            holder=case.holder_id,
            account=case.account_id,
            card=case.card_id,
            posting=case.posting_id,
            amount=amount_or_none(case.amount),
            month=f"{case.month:%Y-%m}" if case.month else None,
            interaction=case.interaction,
            language=case.language,
            told=case.told,
            state=case.state.value,
            owner=case.owner,
            opened_by=case.opened_by,
            opened_at=case.opened_at,
            due_on=case.due_on,
            due_known=case.due_known,
            outcome=case.outcome.value if case.outcome else None,
            bank_erred=case.bank_erred,
            findings=case.findings,
            credit=amount_or_none(case.credit),
            decided_by=case.decided_by,
            decided_at=case.decided_at,
            answer=case.answer,
            answered_at=case.answered_at,
            closed_at=case.closed_at,
        )


class CaseStepView(BaseModel):
    """One step in the life of a case."""

    at: datetime
    kind: str
    by: str
    text: str | None
    outcome: str | None
    allowed: bool
    reasons: list[str]


class WholeCaseView(BaseModel):
    """A case with all its steps."""

    case: CaseView
    steps: list[CaseStepView]

    @classmethod
    def of(cls, case: Case, steps: list[JsonObject]) -> "WholeCaseView":
        """Show a case and its journal."""
        return cls(case=CaseView.of(case), steps=[CaseStepView(**step) for step in steps])


class OpenedView(BaseModel):
    """What became of asking to have something looked into.

    ``masked``: kinds of secrets that were taken out of what was typed; ``causes``: why a
    transaction probably failed; ``freeze_advised``: somebody else may have the card.
    """

    allowed: bool
    verdict: VerdictView
    already: bool
    case: CaseView | None
    masked: list[str]
    causes: list[WordsView]
    freeze_advised: bool

    @classmethod
    def of(cls, opened: Opened) -> "OpenedView":
        """Show it."""
        return cls(
            allowed=opened.verdict.allowed,
            verdict=VerdictView.of(opened.verdict),
            already=opened.already,
            case=CaseView.of(opened.case) if opened.case else None,
            masked=list(opened.masked),
            causes=[WordsView.of(words.cause(code)) for code in opened.causes],
            freeze_advised=opened.freeze_advised,
        )


class SteppedView(BaseModel):
    """What became of a step in the life of a case."""

    allowed: bool
    verdict: VerdictView
    case: CaseView
    masked: list[str]

    @classmethod
    def of(cls, stepped: Stepped) -> "SteppedView":
        """Show it."""
        return cls(
            allowed=stepped.verdict.allowed,
            verdict=VerdictView.of(stepped.verdict),
            case=CaseView.of(stepped.case),
            masked=list(stepped.masked),
        )
