"""What the route of a holder's accounts answers (rows B1, B2, B3, B7)."""

from datetime import date, datetime

from pydantic import BaseModel

from cardline.cards.accounts.view import AccountSeen, ExplainedStatement, Seen
from cardline.cards.model import AnnualFee, Card, Delivery, InterestLine, Posting, Statement
from cardline.cards.rules.state import state_at
from cardline.cards.verdict_views import AmountView, ReasonView
from cardline.identity.model import Act, Weighed


class TellView(BaseModel):
    """Whether the caller may be told, or why not yet, and what to ask for next."""

    allowed: bool
    reasons: list[ReasonView]
    missing: list[str]

    @classmethod
    def of(cls, weighed: Weighed) -> "TellView":
        """Show it."""
        return cls(
            allowed=weighed.verdict.allowed,
            reasons=[ReasonView.of(reason) for reason in weighed.verdict.refusals],
            missing=[factor.value for factor in weighed.missing],
        )


class TellsView(BaseModel):
    """Which parts the caller may be told."""

    balance: TellView
    statement: TellView
    transactions: TellView
    interest: TellView
    points: TellView
    annual_fee: TellView


class InterestLineView(BaseModel):
    """On so much, from then to then, for this posting (row B2)."""

    posting: str
    kind: str
    posted_on: date
    principal: AmountView
    from_on: date
    to_on: date
    days: int
    daily_rate: str
    amount: AmountView

    @classmethod
    def of(cls, line: InterestLine) -> "InterestLineView":
        """Show a line."""
        return cls(
            posting=line.posting_id,
            kind=line.kind.value,
            posted_on=line.posted_on,
            principal=AmountView.of(line.principal),
            from_on=line.from_on,
            to_on=line.to_on,
            days=line.days,
            daily_rate=str(line.daily_rate),
            amount=AmountView.of(line.amount),
        )


class StatementView(BaseModel):
    """A statement with all that makes up its balance, and its interest line by line."""

    closing_on: date
    period_from: date
    period_to: date
    due_on: date
    opening: AmountView
    purchases: AmountView
    cash: AmountView
    instalments: AmountView
    interest: AmountView
    fees: AmountView
    payments: AmountView
    refunds: AmountView
    adjustments: AmountView
    balance: AmountView
    minimum_payment: AmountView
    paid: AmountView
    unpaid: AmountView
    unpaid_minimum: AmountView
    arrears_months: int
    interest_lines: list[InterestLineView]

    @classmethod
    def of(cls, explained: ExplainedStatement) -> "StatementView":
        """Show a statement."""
        one: Statement = explained.statement
        return cls(
            closing_on=one.closing_on,
            period_from=one.period_from,
            period_to=one.period_to,
            due_on=one.due_on,
            opening=AmountView.of(one.opening),
            purchases=AmountView.of(one.purchases),
            cash=AmountView.of(one.cash),
            instalments=AmountView.of(one.instalments),
            interest=AmountView.of(one.interest),
            fees=AmountView.of(one.fees),
            payments=AmountView.of(one.payments),
            refunds=AmountView.of(one.refunds),
            adjustments=AmountView.of(one.adjustments),
            balance=AmountView.of(one.closing),
            minimum_payment=AmountView.of(one.minimum_payment),
            paid=AmountView.of(one.paid),
            unpaid=AmountView.of(one.unpaid),
            unpaid_minimum=AmountView.of(one.unpaid_minimum),
            arrears_months=one.arrears_months,
            interest_lines=[InterestLineView.of(line) for line in explained.interest],
        )


class PostingView(BaseModel):
    """One movement."""

    id: str
    card: str | None
    kind: str
    amount: AmountView
    posted_on: date
    at: datetime
    merchant: str
    description_zh: str
    description_en: str
    points: int

    @classmethod
    def of(cls, posting: Posting) -> "PostingView":
        """Show a posting."""
        return cls(
            id=posting.id,
            card=posting.card_id,
            kind=posting.kind.value,
            amount=AmountView.of(posting.amount),
            posted_on=posting.posted_on,
            at=posting.at,
            merchant=posting.merchant,
            description_zh=posting.description_zh,
            description_en=posting.description_en,
            points=posting.points,
        )


class TemporaryLimitView(BaseModel):
    """A temporary limit that is in force."""

    amount: AmountView
    until: date
    returns_to: AmountView


class CreditMarkView(BaseModel):
    """A mark on what was reported to the credit register for a month."""

    month: str
    mark: str


class PointsView(BaseModel):
    """Points and the next that end."""

    balance: int
    expiring: int
    expires_on: date | None


class AccountView(BaseModel):
    """One account with all that stands on it."""

    id: str
    currency: str
    credit_limit: AmountView
    temporary_limit: TemporaryLimitView | None
    owed: AmountView
    available: AmountView
    minimum_payment: AmountView
    due_on: date | None
    statement_day: int
    interest_mode: str
    daily_rate: str
    points: PointsView
    statements: list[StatementView]
    postings: list[PostingView]
    credit_marks: list[CreditMarkView]

    @classmethod
    def of(cls, seen: AccountSeen) -> "AccountView":
        """Show an account; ``minimum_payment`` is what of it is still to be paid."""
        newest = seen.statements[0].statement if seen.statements else None
        temporary = seen.temporary
        return cls(
            id=seen.account.id,
            currency=seen.account.currency,
            credit_limit=AmountView.of(seen.account.credit_limit),
            temporary_limit=TemporaryLimitView(
                amount=AmountView.of(temporary.amount or 0),
                until=temporary.until,
                returns_to=AmountView.of(temporary.present),
            )
            if temporary and temporary.until
            else None,
            owed=AmountView.of(seen.balance.owed),
            available=AmountView.of(seen.balance.available),
            minimum_payment=AmountView.of(newest.unpaid_minimum if newest else 0),
            due_on=newest.due_on if newest else None,
            statement_day=seen.account.statement_day,
            interest_mode=seen.account.interest_mode.value,
            daily_rate=str(seen.account.daily_rate),
            points=PointsView(
                balance=seen.points.balance,
                expiring=seen.points.expiring,
                expires_on=seen.points.expires_on,
            ),
            statements=[StatementView.of(one) for one in seen.statements],
            postings=[PostingView.of(one) for one in seen.postings],
            credit_marks=[
                CreditMarkView(month=month, mark=mark.value) for month, mark in seen.marks.items()
            ],
        )


class AnnualFeeView(BaseModel):
    """The annual fee of a card and progress towards its waiver (row B7)."""

    fee: AmountView
    owed: AmountView
    uses: int
    uses_needed: int
    waived: bool
    year_from: date
    year_to: date
    due_on: date

    @classmethod
    def of(cls, fee: AnnualFee) -> "AnnualFeeView":
        """Show a fee."""
        return cls(
            fee=AmountView.of(fee.fee),
            owed=AmountView.of(fee.owed),
            uses=fee.uses,
            uses_needed=fee.uses_needed,
            waived=fee.waived,
            year_from=fee.year_from,
            year_to=fee.year_to,
            due_on=fee.due_on,
        )


class CardView(BaseModel):
    """A card as it is now; four digits of its number and no more."""

    id: str
    account: str
    tail: str
    product: str
    state: str
    held_until: datetime | None
    activated: bool
    issued_on: date
    annual_fee: AnnualFeeView

    @classmethod
    def of(cls, card: Card, fee: AnnualFee, at: datetime) -> "CardView":
        """Show a card."""
        state = state_at(card, at)
        return cls(
            id=card.id,
            account=card.account_id,
            tail=card.tail,
            product=card.product.value,
            state=state.value,
            held_until=card.held_until if state is card.state else None,
            activated=card.activated,
            issued_on=card.issued_on,
            annual_fee=AnnualFeeView.of(fee),
        )


class AccountsView(BaseModel):
    """The holder's accounts and cards; ``tell`` says which parts the caller may hear.

    ``statements_by``: how the holder wants to get statements.
    """

    holder: str
    statements_by: Delivery
    tell: TellsView
    cards: list[CardView]
    accounts: list[AccountView]

    @classmethod
    def of(cls, seen: Seen, *, delivery: Delivery) -> "AccountsView":
        """Show them."""
        return cls(
            holder=seen.holder.id,
            statements_by=delivery,
            tell=TellsView(
                balance=TellView.of(seen.tell[Act.HEAR_BALANCE]),
                statement=TellView.of(seen.tell[Act.HEAR_STATEMENT]),
                transactions=TellView.of(seen.tell[Act.HEAR_TRANSACTIONS]),
                interest=TellView.of(seen.tell[Act.HEAR_INTEREST]),
                points=TellView.of(seen.tell[Act.HEAR_POINTS]),
                annual_fee=TellView.of(seen.tell[Act.HEAR_ANNUAL_FEE]),
            ),
            cards=[CardView.of(card, seen.fees[card.id], seen.at) for card in seen.cards],
            accounts=[AccountView.of(one) for one in seen.accounts],
        )
