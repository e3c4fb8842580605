"""Instalments and their true annual rate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.rules.instalment import effective_annual_rate, instalment_plan
from cardline.core.errors import Invalid
from tests.rules.card_book import fen


def test_twelve_thousand_over_a_year_at_0_6_per_cent_a_month() -> None:
    plan = instalment_plan(fen("12000"), 12, Decimal("0.006"))
    assert {each.amount for each in plan} == {fen("1072")}
    assert effective_annual_rate(fen("12000"), plan) == Decimal("0.1303")


def test_a_plan_without_interest_costs_nothing() -> None:
    plan = instalment_plan(fen("1000"), 3, Decimal(0))
    assert [each.amount for each in plan] == [fen("333.34"), fen("333.33"), fen("333.33")]
    assert effective_annual_rate(fen("1000"), plan) == 0


@pytest.mark.parametrize(("principal", "months", "rate"), [(0, 3, "0"), (1, 0, "0"), (1, 1, "-1")])
def test_an_impossible_plan_is_an_error(principal: int, months: int, rate: str) -> None:
    with pytest.raises(Invalid):
        instalment_plan(principal, months, Decimal(rate))


@given(st.integers(1, 10**8), st.integers(1, 60), st.decimals("0", "0.02", places=4))
def test_the_principal_is_repaid_to_the_fen_and_the_true_rate_exceeds_the_flat_one(
    principal: int, months: int, rate: Decimal
) -> None:
    plan = instalment_plan(principal, months, rate)
    assert sum(each.principal for each in plan) == principal
    if principal > 100_000:
        assert effective_annual_rate(principal, plan) >= rate * 12 - Decimal("0.001")
