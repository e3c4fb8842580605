"""Cards and bills as the pages show them: read from the bank, never kept (rows B1, B2, B3, B7)."""

from dataclasses import dataclass
from datetime import date, datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import (
    Account,
    AnnualFee,
    Balance,
    Card,
    CardState,
    InterestLine,
    Points,
    Posting,
    Statement,
)
from cardline.cards.rules.state import state_at
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction

_RECENT = 30
_STATEMENTS = 24
_SEARCHED = 3000


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as it is at a time."""

    card: Card
    state: CardState
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """One credit line with all that its page says."""

    account: Account
    cards: tuple[ShownCard, ...]
    balance: Balance
    last: Statement | None
    statements: tuple[Statement, ...]
    unbilled: tuple[Posting, ...]
    points: Points
    fees: tuple[tuple[Card, AnnualFee], ...]


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """One statement with its postings, and its interest line by line."""

    account: Account
    statement: Statement
    postings: tuple[Posting, ...]
    interest: tuple[InterestLine, ...]
    merchants: dict[str, Posting]
    """Postings by their id, for the lines of interest."""


def shown_card(card: Card, at: datetime) -> ShownCard:
    """Return a card as it is at a time: a hold that is over counts as active."""
    state = state_at(card, at)
    return ShownCard(card, state, card.held_until if state is CardState.HELD else None)


async def accounts(
    tx: Transaction, *, holder: HolderId, bank: CoreBank, at: datetime
) -> list[ShownAccount]:
    """Return all accounts of a holder with everything on them."""
    cards = await bank.cards_of(tx, holder_id=holder)
    shown = []
    for account in await bank.accounts_of(tx, holder_id=holder):
        own = [card for card in cards if card.account_id == account.id]
        last = await bank.last_statement(tx, account_id=account.id)
        recent = await bank.recent_postings(tx, account_id=account.id, limit=_RECENT)
        live = [card for card in own if card.state is not CardState.CLOSED]
        shown.append(
            ShownAccount(
                account=account,
                cards=tuple(shown_card(card, at) for card in own),
                balance=await bank.balance(tx, account_id=account.id, at=at),
                last=last,
                statements=tuple(
                    await bank.statements(tx, account_id=account.id, limit=_STATEMENTS)
                ),
                unbilled=tuple(
                    one for one in recent if last is None or one.posted_on > last.closing_on
                ),
                points=await bank.points(tx, account_id=account.id, at=at),
                fees=tuple(
                    [(card, await bank.annual_fee(tx, card_id=card.id, at=at)) for card in live]
                ),
            )
        )
    return shown


async def statement(
    tx: Transaction, *, holder: HolderId, account: str, closing_on: date, bank: CoreBank
) -> ShownStatement:
    """Return one statement whole. Raises ``NotFound`` for anybody else's."""
    for own in await bank.accounts_of(tx, holder_id=holder):
        if own.id != account:
            continue
        for one in await bank.statements(tx, account_id=own.id, limit=_STATEMENTS):
            if one.closing_on == closing_on:
                return await _whole(tx, own, one, bank)
    raise NotFound("there is no such statement")


async def _whole(
    tx: Transaction, account: Account, one: Statement, bank: CoreBank
) -> ShownStatement:
    known = await bank.recent_postings(tx, account_id=account.id, limit=_SEARCHED)
    within = [each for each in known if one.period_from <= each.posted_on < one.period_to]
    return ShownStatement(
        account=account,
        statement=one,
        postings=tuple(reversed(within)),
        interest=tuple(await bank.interest_lines(tx, account_id=account.id, statement=one)),
        merchants={each.id: each for each in known},
    )
