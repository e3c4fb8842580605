"""Which of the demonstration's holders fit a journey: read off how they were made up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cardline.app.demo.bank import HOLDERS, SEED
from cardline.cards.made_up import Draw
from cardline.cards.model import Product
from cardline.cards.rules.periods import next_closing, year_later
from cardline.cards.rules.terms import card_terms
from cardline.core.clock import SHANGHAI, utc_now
from cardline.core.policy import load_area
from cardline.sim.demo_life import habit_of
from cardline.sim.demo_people import DemoHolder, demo_holder

Fits = Callable[[dict[str, Any]], bool]
_CLOSED_BY = timedelta(days=1)


def pays_and_owes_nothing_elsewhere(one: DemoHolder) -> bool:
    """One account, paid in full each time, no loans elsewhere: nothing refuses a higher limit."""
    habit = habit_of(Draw(SEED, f"habits/{one.index}"))
    return len(one.accounts) == 1 and habit == "full" and one.holder.other_loans == 0


def of_small_limit(one: DemoHolder) -> bool:
    """Twice the limit is still within what the rule grants by itself."""
    return pays_and_owes_nothing_elsewhere(one) and one.accounts[0].credit_limit <= 5_000_000


def with_annual_fee(one: DemoHolder) -> bool:
    """Was charged an annual fee that no use waives, and one person alone may not give back."""
    today = utc_now().astimezone(SHANGHAI).date()
    card, account = one.cards[0].card, one.accounts[0]
    # It is charged with the statement after the card year, and that is closed at the day's end.
    charged_on = next_closing(year_later(card.issued_on, 1), account.statement_day)
    return (
        pays_and_owes_nothing_elsewhere(one)
        and card.product is Product.PLATINUM
        and charged_on < today - _CLOSED_BY
    )


def who(fits: Callable[[DemoHolder], bool]) -> Fits:
    """Return the condition by which the fixture ``holders`` finds them."""
    terms = card_terms(load_area("cards"))
    today = utc_now().astimezone(SHANGHAI).date()
    made = (demo_holder(SEED, index, today=today, terms=terms) for index in range(1, HOLDERS + 1))
    phones = {one.holder.phone for one in made if fits(one) and one.holder.language == "zh"}
    return lambda holder: holder["phone"] in phones
