"""What a card's own state says to a freeze, a hold and a release (row B6)."""

from datetime import datetime

from cardline.cards.model import Card, CardState
from cardline.core.verdict import Reason, RuleVersion, Verdict, judge

RULE = RuleVersion("cards.state/1")
SOURCE = "row B6"


def state_at(card: Card, at: datetime) -> CardState:
    """Return what a card is at a time: a hold whose time is over counts as active."""
    if card.state is CardState.HELD and card.held_until is not None and card.held_until <= at:
        return CardState.ACTIVE
    return card.state


def may_change(card: Card | None) -> Verdict:
    """Say whether a card's state may still change: there must be one, and it must not be closed."""
    return judge(RULE, (_exists(card), _not_closed(card)))


def protects(card: Card, wanted: CardState, until: datetime | None, at: datetime) -> bool:
    """True where the card is already as wanted, or better protected.

    A hold never weakens a freeze, and a shorter hold never shortens a longer one.
    """
    state = state_at(card, at)
    if wanted is CardState.HELD:
        held_as_long = (
            state is CardState.HELD
            and card.held_until is not None
            and until is not None
            and card.held_until >= until
        )
        return state is CardState.FROZEN or held_as_long
    return state is wanted


def merge(first: Verdict, second: Verdict) -> Verdict:
    """Return one verdict with the reasons and the rule names of both."""
    return Verdict(RuleVersion(f"{first.rule}+{second.rule}"), (*first.refusals, *second.refusals))


def _exists(card: Card | None) -> Reason | None:
    return Reason("card-unknown", SOURCE) if card is None else None


def _not_closed(card: Card | None) -> Reason | None:
    closed = card is not None and card.state is CardState.CLOSED
    return Reason("card-closed", SOURCE) if closed else None
