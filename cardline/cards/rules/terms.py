"""The numbers of the policy pack, read once into a frozen value that the rules take."""

from dataclasses import dataclass
from decimal import Decimal

from cardline.cards.model import Account, InterestMode, Product
from cardline.core.errors import Invalid
from cardline.core.money import CARD_CURRENCY, Fen
from cardline.core.policy import AreaPolicy
from cardline.core.verdict import RuleVersion


@dataclass(frozen=True)
class CardTerms:
    """What the pack ``cards.toml`` says; see there for units and sources."""

    version: RuleVersion
    daily_rate: Decimal
    daily_rate_max: Decimal
    days_a_year: int
    interest_mode: InterestMode
    due_days: int
    due_days_max: int
    grace_days: int
    grace_amount: Fen
    minimum_rate: Decimal
    minimum_rate_lowest: Decimal
    minimum_rate_highest: Decimal
    late_fee_rate: Decimal
    late_fee_floor: Fen
    principal_first_from: int
    cash_fee_rate: Decimal
    cash_fee_floor: Fen
    points_per_yuan: int
    points_months: int
    annual_fee: dict[Product, Fen]
    annual_fee_uses: dict[Product, int]


def card_terms(policy: AreaPolicy) -> CardTerms:
    """Read the area ``cards`` of a pack. Raises ``PolicyError`` where a number is missing."""
    return CardTerms(
        version=policy.version,
        daily_rate=policy.decimal("daily_rate"),
        daily_rate_max=policy.decimal("daily_rate_max"),
        days_a_year=policy.integer("days_a_year"),
        interest_mode=InterestMode(policy.text("interest_mode")),
        due_days=policy.integer("due_days"),
        due_days_max=policy.integer("due_days_max"),
        grace_days=policy.integer("grace_days"),
        grace_amount=Fen(policy.integer("grace_amount")),
        minimum_rate=policy.decimal("minimum_rate"),
        minimum_rate_lowest=policy.decimal("minimum_rate_lowest"),
        minimum_rate_highest=policy.decimal("minimum_rate_highest"),
        late_fee_rate=policy.decimal("late_fee_rate"),
        late_fee_floor=Fen(policy.integer("late_fee_floor")),
        principal_first_from=policy.integer("principal_first_from"),
        cash_fee_rate=policy.decimal("cash_fee_rate"),
        cash_fee_floor=Fen(policy.integer("cash_fee_floor")),
        points_per_yuan=policy.integer("points_per_yuan"),
        points_months=policy.integer("points_months"),
        annual_fee={each: Fen(policy.integer(f"annual_fee_{each}")) for each in Product},
        annual_fee_uses={each: policy.integer(f"annual_fee_uses_{each}") for each in Product},
    )


def annual_rate(daily_rate: Decimal, terms: CardTerms) -> Decimal:
    """Return the annual rate that must be shown beside a daily one: 0.0005 gives 0.1825."""
    return daily_rate * terms.days_a_year


def check_account(account: Account, terms: CardTerms) -> None:
    """Raise ``Invalid`` with the reason where the contract of an account cannot be kept."""
    if account.currency != CARD_CURRENCY:
        raise Invalid(f"currency {account.currency!r} is not kept here: only {CARD_CURRENCY} is")
    if account.credit_limit < 0:
        raise Invalid(f"credit limit {account.credit_limit} is negative")
    check_statement_day(account.statement_day)
    if not 1 <= account.due_days <= terms.due_days_max:
        raise Invalid(f"due days {account.due_days}: must be 1 to {terms.due_days_max}")
    if not 0 <= account.daily_rate <= terms.daily_rate_max:
        raise Invalid(f"daily rate {account.daily_rate}: must be 0 to {terms.daily_rate_max}")
    if not terms.minimum_rate_lowest <= account.minimum_rate <= terms.minimum_rate_highest:
        raise Invalid(
            f"minimum rate {account.minimum_rate}: must be {terms.minimum_rate_lowest}"
            f" to {terms.minimum_rate_highest}"
        )


LAST_STATEMENT_DAY = 28
"""The last day that every month has."""


def check_statement_day(day: int) -> None:
    """Raise ``Invalid`` for a statement day that some month lacks."""
    if not 1 <= day <= LAST_STATEMENT_DAY:
        raise Invalid(
            f"statement day {day} does not exist in every month: must be 1 to {LAST_STATEMENT_DAY}"
        )
