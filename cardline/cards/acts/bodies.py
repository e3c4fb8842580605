"""Bodies of requests about acts on a card. None has a field for a secret (row E5)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from cardline.cards.cases.model import CaseOutcome, CaseReason


def _text(typed: str) -> str:
    # JSON can spell halves of characters, which no database takes.
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in typed):
        raise ValueError("this is no text")
    return typed


def _month(typed: str) -> str:
    date.fromisoformat(f"{typed}-01")
    return typed


Word = Annotated[str, Field(max_length=80), AfterValidator(_text)]
Told = Annotated[str, Field(max_length=2000), AfterValidator(_text)]
Amount = Annotated[int, Field(gt=0, le=10**12)]
"""Fen."""
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$"), AfterValidator(_month)]
"""``2026-03``"""
Key = Annotated[str, Field(max_length=64), AfterValidator(_text)]
"""Named by the screen, so that a second press is the same request."""


class DisputeBody(BaseModel):
    """A transaction that the holder disputes (row B6); ``amount``: where not the whole of it."""

    posting: Word
    reason: Literal[
        CaseReason.NOT_MINE,
        CaseReason.WRONG_AMOUNT,
        CaseReason.CHARGED_TWICE,
        CaseReason.NOT_RECEIVED,
        CaseReason.REFUND_MISSING,
        CaseReason.OTHER,
    ]
    told: Told
    amount: Amount | None = None
    key: Key = ""


class FailedTransactionBody(BaseModel):
    """A transaction that failed or looks abnormal (row B9); ``posting`` where one was posted.

    ``amount``: where nothing was posted, or not the whole of it is meant.
    """

    reason: Literal[
        CaseReason.DECLINED,
        CaseReason.CHARGED_THOUGH_FAILED,
        CaseReason.ABNORMAL,
        CaseReason.OTHER,
    ]
    told: Told
    account: Word | None = None
    card: Word | None = None
    posting: Word | None = None
    amount: Amount | None = None
    key: Key = ""


class CreditObjectionBody(BaseModel):
    """A month of the credit record that the holder objects to (row B8)."""

    account: Word
    month: Month
    reason: Literal[
        CaseReason.PAID_IN_TIME,
        CaseReason.NOT_MY_DEBT,
        CaseReason.WRONG_ENTRY,
        CaseReason.OTHER,
    ]
    told: Told
    key: Key = ""


class AddressBody(BaseModel):
    """A new address."""

    address: Annotated[str, Field(max_length=300), AfterValidator(_text)]
    key: Key = ""


class EmailBody(BaseModel):
    """A new e-mail address."""

    email: Annotated[str, Field(max_length=254), AfterValidator(_text)]
    key: Key = ""


class PhoneBody(BaseModel):
    """A new mobile number."""

    phone: Annotated[str, Field(max_length=30), AfterValidator(_text)]
    key: Key = ""


class ConfirmBody(BaseModel):
    """The second side; ``branch`` names the branch that saw the identity document."""

    side: Literal["old_phone", "branch"]
    branch: Word = ""


class LimitBody(BaseModel):
    """Another limit; ``until`` is the last day of a temporary one."""

    account: Word
    wanted: Amount
    term: Literal["permanent", "temporary"]
    until: date | None = None
    key: Key = ""


class OfferBody(BaseModel):
    """What the holder says to a lower offer."""

    accepts: bool


class LimitDecisionBody(BaseModel):
    """What a person decides about a referred request; ``amount`` where not as asked."""

    decision: Literal["grant", "refuse"]
    amount: Amount | None = None
    why: Told


class FeeReversalBody(BaseModel):
    """The annual fee to give back."""

    posting: Word


class FeeSettlementBody(BaseModel):
    """What the second pair of eyes says."""

    decision: Literal["agree", "turn-down"]
    why: Told


class ClosureBody(BaseModel):
    """The card to close; ``points_given_up`` where the holder knows that points lapse."""

    card: Word
    points_given_up: bool = False


class TextBody(BaseModel):
    """A note, an answer, a reason."""

    text: Told


class DecisionBody(BaseModel):
    """What is decided about a case."""

    outcome: CaseOutcome
    findings: Told
    bank_erred: bool | None = None
    credit: Annotated[int, Field(ge=0, le=10**12)] = 0


class VulnerableBody(BaseModel):
    """Whether the holder needs care from now on (row D1)."""

    vulnerable: bool
