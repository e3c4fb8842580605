"""Money: integer minor units with a currency. Rates are ``Decimal``."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

CARD_CURRENCY = "CNY"
"""What card accounts are kept in (ISO 4217); ``cards.rules.terms.check_account`` takes no other."""

Fen = NewType("Fen", int)
"""An amount in hundredths of a yuan; negative where the bank owes the holder."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of ``currency`` (ISO 4217)."""

    minor: int
    currency: str = CARD_CURRENCY

    def __str__(self) -> str:
        return f"{self.currency} {yuan(self.minor)}"


def yuan(fen: int) -> str:
    """Write fen as yuan with two decimals and thousands separators: ``1,234.50``."""
    return f"{Decimal(fen) / 100:,.2f}"


def to_fen(amount: str | Decimal) -> Fen:
    """Read yuan with at most two decimals as fen. Raises ``ValueError`` for anything else."""
    try:
        value = Decimal(amount)
    except ArithmeticError as error:
        raise ValueError(f"not an amount: {amount!r}") from error
    if not value.is_finite():
        raise ValueError(f"not an amount: {amount!r}")
    scaled = value * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"more than two decimals: {amount!r}")
    return Fen(int(scaled))


def round_fen(amount: Decimal) -> Fen:
    """Round an exact number of fen half up, as statements do."""
    return Fen(int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)))
