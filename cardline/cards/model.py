"""Types of the card business: holders, accounts, cards, postings, statements, interest, points.

Amounts are fen; positive adds to what the holder owes, negative is in the holder's favour. Dates
are the bank's business days; periods are half-open, ``[from, to)``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NewType

from cardline.core.home import home
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.money import CARD_CURRENCY, Fen
from cardline.core.phone import PhoneNumber
from cardline.core.verdict import Verdict

PostingId = NewType("PostingId", str)
Language = Literal["zh", "en"]
Delivery = Literal["pages", "email", "paper"]
"""How statements reach the holder; on the holder's pages they stand in any case."""
NOTHING = Fen(0)


class CardState(StrEnum):
    """What may be done with a card.

    ``HELD`` ends by itself at ``held_until``, ``FROZEN`` only by a release, ``CLOSED`` never.
    """

    ACTIVE = "active"
    HELD = "held"
    FROZEN = "frozen"
    CLOSED = "closed"


class InterestMode(StrEnum):
    """What bears interest once the statement was not paid in full by its due date, by contract."""

    FULL = "full"
    """The whole statement debt."""
    PARTIAL = "partial"
    """Only what was still unpaid at the due date."""


class Product(StrEnum):
    """Card products; their fees stand in the policy pack."""

    STANDARD = "standard"
    GOLD = "gold"
    PLATINUM = "platinum"


class PostingKind(StrEnum):
    """What a posting is; the words for people stand in the catalogues."""

    PURCHASE = "purchase"
    CASH = "cash"
    INSTALMENT = "instalment"
    INTEREST = "interest"
    LATE_FEE = "late_fee"
    ANNUAL_FEE = "annual_fee"
    FEE = "fee"
    PAYMENT = "payment"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    """A correction in either direction; also the balance that an import brings forward."""
    POINTS = "points"
    """No money: points redeemed, granted or corrected."""


PRINCIPAL = frozenset({PostingKind.PURCHASE, PostingKind.CASH, PostingKind.INSTALMENT})
FEES = frozenset({PostingKind.LATE_FEE, PostingKind.ANNUAL_FEE, PostingKind.FEE})
CREDITS = frozenset({PostingKind.PAYMENT, PostingKind.REFUND})


@dataclass(frozen=True, slots=True)
class Holder:
    """A cardholder, as the bank knows them."""

    id: HolderId
    name: str
    phone: PhoneNumber
    """The registered mobile number."""
    id_tail: str
    """The last 4 characters of the identity document; the very last may be ``X``."""
    language: Language = "zh"
    zone: str = field(default_factory=lambda: home().zone.key)
    made_up: bool = False
    """True where the person was invented (demonstration, imports of anonymous data)."""
    address: str | None = None
    """Where letters and cards go; ``None`` where the bank did not say."""
    email: str | None = None
    phone_changed_at: datetime | None = None
    """When the registered number was last changed; it proves little for a time (row B4)."""
    data_changed_at: datetime | None = None
    """When address or e-mail was last changed."""
    other_loans: Fen | None = None
    """What is owed elsewhere; ``None``: unknown, and then a person decides about limits."""


@dataclass(frozen=True, slots=True)
class Account:
    """One credit line with one statement a month."""

    id: AccountId
    holder_id: HolderId
    credit_limit: Fen
    statement_day: int
    """Day of the month on which a period closes, 1 to 28."""
    due_days: int
    """Days from the closing date to the due date."""
    opened_on: date
    interest_mode: InterestMode
    daily_rate: Decimal
    """Interest a day, for example 0.0005."""
    minimum_rate: Decimal
    """Share of the unpaid purchases in the minimum payment, for example 0.10."""
    currency: str = CARD_CURRENCY


@dataclass(frozen=True, slots=True)
class Card:
    """A card of an account. The full number is nowhere: people see the tail, systems a token."""

    id: CardId
    account_id: AccountId
    holder_id: HolderId
    tail: str
    """The last 4 digits of the number."""
    product: Product
    state: CardState
    """As written; ask :func:`cardline.cards.rules.state.state_at` what it is at a time."""
    held_until: datetime | None
    activated: bool
    issued_on: date
    version: int = 0
    """How often the state was changed; part of the key of the next change."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the account. Never altered: a mistake is undone by a posting the other way."""

    id: PostingId
    account_id: AccountId
    card_id: CardId | None
    kind: PostingKind
    amount: Fen
    posted_on: date
    """Business day from which it counts."""
    at: datetime
    """When it was made, for the order and for the ear."""
    merchant: str = ""
    description_zh: str = ""
    description_en: str = ""
    points: int = 0
    """Points that it earns, or takes where negative."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A closed period. Opening + all movements = closing, always.

    ``payments`` and ``refunds`` are written as positive amounts that lower the balance;
    ``adjustments`` carries its own sign.
    """

    account_id: AccountId
    closing_on: date
    period_from: date
    period_to: date
    opening: Fen
    purchases: Fen
    cash: Fen
    instalments: Fen
    interest: Fen
    fees: Fen
    payments: Fen
    refunds: Fen
    adjustments: Fen
    closing: Fen
    minimum_payment: Fen
    due_on: date
    """Last day on which a payment counts as made in time."""
    arrears_months: int = 0
    """Minimum payments missed in a row when the period closed."""
    paid: Fen = NOTHING
    """What has come in since the closing date, up to the next one."""

    @property
    def unpaid(self) -> Fen:
        """What of the closing balance is still to be paid; never negative."""
        return Fen(max(0, self.closing - self.paid))

    @property
    def unpaid_minimum(self) -> Fen:
        """What of the minimum payment is still to be paid; never negative."""
        return Fen(max(0, self.minimum_payment - self.paid))


@dataclass(frozen=True, slots=True)
class InterestLine:
    """One line of an interest charge: on so much, from then to then, for this posting."""

    posting_id: PostingId
    kind: PostingKind
    """Of the posting explained: a purchase, cash, or an instalment."""
    posted_on: date
    principal: Fen
    from_on: date
    to_on: date
    """The first day that no longer counts."""
    daily_rate: Decimal
    exact: Decimal
    """Unrounded fen."""
    amount: Fen
    """Rounded so that the lines of one charge add up to the charge."""

    @property
    def days(self) -> int:
        """Number of days that count."""
        return (self.to_on - self.from_on).days


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account at a time."""

    account_id: AccountId
    limit: Fen
    owed: Fen
    """Negative where the holder has paid too much."""
    available: Fen
    """What may still be spent; 0 when over the limit."""


@dataclass(frozen=True, slots=True)
class Points:
    """Bonus points of an account."""

    balance: int
    expiring: int
    """How many of them end on ``expires_on``."""
    expires_on: date | None
    """The next day from which some are gone; ``None`` with no points."""


@dataclass(frozen=True, slots=True)
class AnnualFee:
    """The annual fee of a card in its current card year (row B7)."""

    card_id: CardId
    fee: Fen
    """What the year costs when it is not waived."""
    year_from: date
    year_to: date
    uses: int
    """Purchases and cash withdrawals so far."""
    uses_needed: int
    """From so many uses on it is waived; 0: cannot be waived by use."""
    waived: bool
    due_on: date
    """When it is charged unless waived: the first day of the next card year."""
    owed: Fen
    """What would be charged as things stand: 0 when waived or never activated."""


class ContactField(StrEnum):
    """What of a holder's data can be changed."""

    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"


class CreditMark(StrEnum):
    """What stands beside a month that was reported to the credit register (CRR 25)."""

    DISPUTED = "disputed"
    CLEARED = "cleared"
    """It was looked into, and the entry stands."""
    CORRECTED = "corrected"
    """The bank had erred."""


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """What became of a freeze, a hold or a release."""

    verdict: Verdict
    """The identity rule's reasons and the card's own, merged."""
    card: Card | None
    """The card afterwards; ``None`` where there is no such card."""
    already: bool = False
    """True where the card was so already: a success that changed nothing."""

    @property
    def allowed(self) -> bool:
        """True where the card now is as was asked (or better protected)."""
        return self.verdict.allowed
