"""What an agent may try for the claimed holder, and what each act still needs (issue 3, Acts)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from cardline.cards.closures.actions import closure_facts
from cardline.cards.model import Account, Card, CardState
from cardline.cards.rules.card_closure import may_close_card
from cardline.cards.rules.state import may_change, merge, state_at
from cardline.cards.serving import Claimant, NobodyClaimed, Serving, claimant, took_part
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.identity import actions as identity
from cardline.identity.model import Act, Factor, Weighed

_LIVE: Final = (CardState.ACTIVE, CardState.HELD, CardState.FROZEN)
_ON_CARDS: Final[dict[Act, tuple[CardState, ...]]] = {
    Act.HOLD: (CardState.ACTIVE,),
    Act.FREEZE: (CardState.ACTIVE, CardState.HELD),
    Act.MAKE_HOLD_FINAL: (CardState.HELD,),
    Act.RELEASE_HOLD: (CardState.HELD,),
    Act.RELEASE_FREEZE: (CardState.FROZEN,),
    Act.CLOSE_CARD: _LIVE,
}
"""Acts on one card, and the states in which it makes sense to try."""
_ON_ACCOUNTS: Final = (
    Act.DISPUTE_TRANSACTION,
    Act.REPORT_FAILED_TRANSACTION,
    Act.OBJECT_CREDIT_RECORD,
    Act.LIMIT_REQUEST,
    Act.REVERSE_FEE,
)
_AS_SUCH: Final = tuple(
    act
    for act in Act
    if act not in _ON_CARDS and act not in _ON_ACCOUNTS and act is not Act.TALK_TO_PERSON
)
_ORDER: Final = (*_ON_CARDS, *_ON_ACCOUNTS, *_AS_SUCH)
"""Protecting comes first, then what is asked for most."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One act on one thing: whether it may be done now, and what to ask for where not."""

    act: Act
    verdict: Verdict
    missing: tuple[Factor, ...]
    card: Card | None = None
    account: Account | None = None


async def acts_for(tx: Transaction, serving: Serving) -> list[Offered]:
    """Return every act that may be tried, with its verdict; nothing is journaled.

    While nobody is claimed the acts stand without cards and accounts, each with what identifies.
    """
    await took_part(tx, serving)
    try:
        person = await claimant(tx, serving)
    except NobodyClaimed:
        person = None
    weighed = await identity.weigh(
        tx,
        acts=_ORDER,
        proofs=serving.interaction.proofs,
        subject=person.subject if person else None,
        config=serving.identity,
        stream=serving.stream,
        at=serving.at,
    )
    if person is None:
        return [Offered(act, weighed[act].verdict, weighed[act].missing) for act in _ORDER]
    settled = {
        card.id: may_close_card(
            await closure_facts(tx, card, bank=serving.bank, at=serving.at),
            points_given_up=False,
            policy=serving.policy,
        )
        for card in person.cards
        if state_at(card, serving.at) in _LIVE
    }

    def on_card(act: Act, card: Card) -> Verdict:
        own = settled[card.id] if act is Act.CLOSE_CARD else may_change(card)
        return merge(weighed[act].verdict, own)

    return list(_offered(person, weighed, serving, on_card))


def _offered(
    person: Claimant,
    weighed: dict[Act, Weighed],
    serving: Serving,
    on_card: Callable[[Act, Card], Verdict],
) -> Iterator[Offered]:
    for act in _ORDER:
        missing = weighed[act].missing
        if act in _ON_CARDS:
            for card in person.cards:
                if state_at(card, serving.at) in _ON_CARDS[act]:
                    yield Offered(act, on_card(act, card), missing, card=card)
        elif act in _ON_ACCOUNTS:
            for account in person.accounts:
                yield Offered(act, weighed[act].verdict, missing, account=account)
        else:
            yield Offered(act, weighed[act].verdict, missing)
