"""A ledger with one holder, one account and one card, for tests on a real database."""

from datetime import UTC, date, datetime, time

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.cards.corebank import CardLedger, NewCard
from cardline.cards.model import Account, Card, Holder, Posting, PostingId, PostingKind
from cardline.core.ids import HolderId, new_id
from cardline.core.money import Fen
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from tests.rules.card_book import TERMS
from tests.rules.card_book import account as book_account
from tests.rules.card_book import card as book_card

HOLDER = Holder(HolderId("h1"), "林晓", PhoneNumber("+8615400000001"), "123X")
ACCOUNT = book_account(5, 18)
CARD = book_card()


def ledger() -> EmbeddedCoreBank:
    bank: CardLedger = EmbeddedCoreBank(TERMS)
    assert isinstance(bank, EmbeddedCoreBank)
    return bank


async def fill(
    tx: Transaction,
    *,
    holder: Holder = HOLDER,
    account: Account = ACCOUNT,
    card: Card = CARD,
    token: str = "tk-1",
) -> EmbeddedCoreBank:
    bank = ledger()
    await bank.add_holders(tx, holders=[holder])
    await bank.add_accounts(tx, accounts=[account])
    await bank.add_cards(tx, cards=[NewCard(card, token)])
    return bank


def noon(on: date) -> datetime:
    return datetime.combine(on, time(4), UTC)


def line(kind: PostingKind, on: date, amount: int, **more: object) -> Posting:
    return Posting(
        id=PostingId(new_id("p")),
        account_id=ACCOUNT.id,
        card_id=CARD.id,
        kind=kind,
        amount=Fen(amount),
        posted_on=on,
        at=noon(on),
        **more,  # type: ignore[arg-type]
    )
