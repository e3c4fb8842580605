"""What a card's own state says to a freeze, a hold and a release."""

from datetime import UTC, datetime, timedelta

import pytest

from cardline.cards.model import CardState
from cardline.cards.rules.state import may_change, merge, protects, state_at
from cardline.core.verdict import Reason, RuleVersion, Verdict
from tests.rules.card_book import card

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_hold_whose_time_is_over_counts_as_active() -> None:
    held = card(CardState.HELD, held_until=NOW)
    assert state_at(held, NOW - HOUR) is CardState.HELD
    assert state_at(held, NOW) is CardState.ACTIVE


@pytest.mark.parametrize(
    ("state", "held_until", "wanted", "until", "already"),
    [
        (CardState.ACTIVE, None, CardState.FROZEN, None, False),
        (CardState.FROZEN, None, CardState.FROZEN, None, True),
        (CardState.HELD, NOW + HOUR, CardState.FROZEN, None, False),
        (CardState.FROZEN, None, CardState.HELD, NOW + HOUR, True),
        (CardState.HELD, NOW + 2 * HOUR, CardState.HELD, NOW + HOUR, True),
        (CardState.HELD, NOW + HOUR, CardState.HELD, NOW + 2 * HOUR, False),
        (CardState.HELD, NOW - HOUR, CardState.HELD, NOW + HOUR, False),
        (CardState.ACTIVE, None, CardState.ACTIVE, None, True),
        (CardState.HELD, NOW - HOUR, CardState.ACTIVE, None, True),
        (CardState.HELD, NOW + HOUR, CardState.ACTIVE, None, False),
    ],
)
def test_a_hold_never_weakens_and_a_repetition_is_no_change(
    state: CardState,
    held_until: datetime | None,
    wanted: CardState,
    until: datetime | None,
    already: bool,
) -> None:
    assert protects(card(state, held_until=held_until), wanted, until, NOW) is already


def test_a_closed_or_unknown_card_is_refused_with_a_reason() -> None:
    assert may_change(card(CardState.CLOSED)).codes == ("card-closed",)
    assert may_change(None).codes == ("card-unknown",)
    assert may_change(card(CardState.FROZEN)).allowed


def test_merging_keeps_all_reasons() -> None:
    identity = Verdict(RuleVersion("identity/1"), (Reason("factor-locked", "row A2"),))
    merged = merge(identity, may_change(card(CardState.CLOSED)))
    assert merged.codes == ("factor-locked", "card-closed")
    assert merged.rule == "identity/1+cards.state/1"
