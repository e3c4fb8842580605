"""Instalments: what a flat monthly rate costs a month, and the annual rate that it really is.

The cost is shown as interest with its annual percentage rate, never as a mere fee.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cardline.core.errors import Invalid
from cardline.core.money import Fen, round_fen

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Instalment:
    """One month of a plan; amounts in fen."""

    number: int
    principal: Fen
    interest: Fen

    @property
    def amount(self) -> Fen:
        """What is due in this month."""
        return Fen(self.principal + self.interest)


def instalment_plan(principal: int, months: int, monthly_rate: Decimal) -> tuple[Instalment, ...]:
    """Split ``principal`` into ``months`` equal parts, each with interest on the whole (flat rate).

    Parts are whole fen; what does not divide evenly falls on the first month. Raises ``Invalid``
    for no months, no principal or a negative rate.
    """
    if months < 1 or principal < 1 or monthly_rate < 0:
        raise Invalid(f"no plan of {months} months over {principal} fen at {monthly_rate}")
    part, rest = divmod(principal, months)
    interest = round_fen(principal * monthly_rate)
    return tuple(
        Instalment(number, Fen(part + (rest if number == 1 else 0)), interest)
        for number in range(1, months + 1)
    )


def effective_annual_rate(principal: int, plan: tuple[Instalment, ...]) -> Decimal:
    """Return the annual percentage rate of a plan: twelve times its monthly internal rate.

    Rounded to a hundredth of a per cent: ``Decimal("0.1303")``. Bisection, exact to far below that.
    """
    low, high = Decimal(0), Decimal(1)
    if sum(each.amount for each in plan) <= principal:
        return Decimal(0)
    for _ in range(60):
        middle = (low + high) / 2
        if _present_value(plan, middle) > principal:
            low = middle
        else:
            high = middle
    return (low * MONTHS_A_YEAR).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def _present_value(plan: tuple[Instalment, ...], monthly: Decimal) -> Decimal:
    factor = 1 / (1 + monthly)
    value, weight = Decimal(0), Decimal(1)
    for each in plan:
        weight *= factor
        value += each.amount * weight
    return value
