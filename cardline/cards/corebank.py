"""What Cardline asks of the bank's card system, and of a ledger that it may fill itself.

``tx`` is the transaction of the action. The embedded ledger writes in it; an adapter to another
system ignores it and relies on the ``key`` that makes a repeated call harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from cardline.cards.model import (
    Account,
    AnnualFee,
    Balance,
    Card,
    CardState,
    ContactField,
    CreditMark,
    Holder,
    InterestLine,
    Points,
    Posting,
    PostingId,
    PostingKind,
    Statement,
)
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.money import Fen
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered number: whose it is, and in which zone they live."""

    holder_id: HolderId
    phone: PhoneNumber
    zone: str


class CoreBank(Protocol):
    """The card system: who the holders are, what they owe, and the state of their cards."""

    async def holder(self, tx: Transaction, *, holder_id: HolderId) -> Holder | None:
        """Return a holder by id."""
        ...

    async def holder_by_phone(self, tx: Transaction, *, phone: PhoneNumber) -> Holder | None:
        """Return the holder whose registered number is ``phone`` (numbers are unique)."""
        ...

    async def holders_by_email(self, tx: Transaction, *, email: str) -> list[Holder]:
        """Return the holders with this e-mail address, whatever its case; several may share one."""
        ...

    async def holders_due(self, tx: Transaction, *, due_on: date) -> list[HolderId]:
        """Return whose newest statement is due on a day and is not closed by another yet."""
        ...

    async def registered(
        self, tx: Transaction, *, phones: Sequence[PhoneNumber], holder_ids: Sequence[HolderId]
    ) -> list[Registered]:
        """Return the holders who have one of these numbers or ids; the others are left out."""
        ...

    async def accounts_of(self, tx: Transaction, *, holder_id: HolderId) -> list[Account]:
        """Return all accounts of a holder, oldest first."""
        ...

    async def account(self, tx: Transaction, *, account_id: AccountId) -> Account | None:
        """Return an account by id."""
        ...

    async def cards_of(self, tx: Transaction, *, holder_id: HolderId) -> list[Card]:
        """Return all cards of a holder, closed ones too, oldest first."""
        ...

    async def cards_matching(self, tx: Transaction, *, card_tail: str, id_tail: str) -> list[Card]:
        """Return the cards with this tail whose holder has this identity-number tail.

        There may be several, of several holders. Closed cards are left out; ``x`` equals ``X``.
        """
        ...

    async def card(self, tx: Transaction, *, card_id: CardId, lock: bool = False) -> Card | None:
        """Return a card; with ``lock`` nobody else changes it until the transaction ends."""
        ...

    async def balance(self, tx: Transaction, *, account_id: AccountId, at: datetime) -> Balance:
        """Return what is owed and what is available. Raises ``NotFound`` for no such account."""
        ...

    async def last_statement(self, tx: Transaction, *, account_id: AccountId) -> Statement | None:
        """Return the newest statement with what was paid since, ``None`` before the first."""
        ...

    async def last_statements(self, tx: Transaction, *, holder_id: HolderId) -> list[Statement]:
        """Return the newest statement of each account of a holder, oldest account first."""
        ...

    async def statements(
        self, tx: Transaction, *, account_id: AccountId, limit: int = 24
    ) -> list[Statement]:
        """Return statements, newest first."""
        ...

    async def recent_postings(
        self, tx: Transaction, *, account_id: AccountId, limit: int = 10
    ) -> list[Posting]:
        """Return postings that move money, newest first."""
        ...

    async def interest_lines(
        self, tx: Transaction, *, account_id: AccountId, statement: Statement
    ) -> list[InterestLine]:
        """Return how the interest on ``statement`` was reckoned; the lines add up (row B2)."""
        ...

    async def points(self, tx: Transaction, *, account_id: AccountId, at: datetime) -> Points:
        """Return the points of an account. Raises ``NotFound`` for no such account."""
        ...

    async def annual_fee(self, tx: Transaction, *, card_id: CardId, at: datetime) -> AnnualFee:
        """Return fee and progress in the card year. Raises ``NotFound`` for no such card."""
        ...

    async def set_card_state(
        self,
        tx: Transaction,
        *,
        card_id: CardId,
        state: CardState,
        until: datetime | None,
        key: str,
        at: datetime,
    ) -> Card:
        """Write a card's state and return the card; a ``key`` seen before changes nothing.

        ``until`` goes with ``HELD`` and only with it. Raises ``NotFound`` for no such card and
        ``Conflict`` for a closed one.
        """
        ...

    async def expired_holds(self, tx: Transaction, *, at: datetime, limit: int = 500) -> list[Card]:
        """Return, locked, held cards whose time is over at ``at``; leaves out what others lock."""
        ...

    async def post(
        self,
        tx: Transaction,
        *,
        account_id: AccountId,
        kind: PostingKind,
        amount: Fen,
        posted_on: date,
        at: datetime,
        key: str,
        card_id: CardId | None = None,
        merchant: str = "",
        description_zh: str = "",
        description_en: str = "",
        points: int = 0,
    ) -> Posting:
        """Post one line and return it; a ``key`` seen before returns the line of then.

        Raises ``Invalid`` for a wrong sign or a day that an earlier statement has closed,
        ``NotFound`` for no such account.
        """
        ...

    async def posting(self, tx: Transaction, *, posting_id: PostingId) -> Posting | None:
        """Return a posting by id."""
        ...

    async def unposted(self, tx: Transaction, *, account_id: AccountId, at: datetime) -> Fen:
        """Return what was spent and has not been posted yet at a time; 0 where nothing is."""
        ...

    async def set_contact(
        self,
        tx: Transaction,
        *,
        holder_id: HolderId,
        field: ContactField,
        value: str | None,
        changed_at: datetime | None,
        key: str,
        at: datetime,
    ) -> Holder:
        """Write how a holder is reached and return the holder; a ``key`` seen before does nothing.

        ``changed_at`` is what the bank shall take for the time of the last change: ``at``, or the
        earlier time where a change is undone. Raises ``Conflict`` for a number of somebody else.
        """
        ...

    async def set_credit_limit(
        self, tx: Transaction, *, account_id: AccountId, limit: Fen, key: str, at: datetime
    ) -> Account:
        """Write the limit and return the account; a ``key`` seen before changes nothing."""
        ...

    async def mark_credit_record(
        self,
        tx: Transaction,
        *,
        account_id: AccountId,
        month: date,
        mark: CreditMark,
        key: str,
        at: datetime,
    ) -> None:
        """Mark a month's report to the credit register; a ``key`` seen before changes nothing."""
        ...

    async def credit_marks(
        self, tx: Transaction, *, account_id: AccountId
    ) -> dict[date, CreditMark]:
        """Return the mark that stands beside each month that has one."""
        ...


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card to be issued; ``token`` stands for the number at whoever keeps it."""

    card: Card
    token: str


class CardLedger(CoreBank, Protocol):
    """A card system that Cardline keeps itself: it can be filled and it closes its periods."""

    async def add_holders(self, tx: Transaction, *, holders: Sequence[Holder]) -> None:
        """Add holders. Raises ``Conflict`` where an id or a phone number is taken."""
        ...

    async def add_accounts(self, tx: Transaction, *, accounts: Sequence[Account]) -> None:
        """Open accounts. Raises ``Invalid`` for a statement day that some month lacks."""
        ...

    async def add_cards(self, tx: Transaction, *, cards: Sequence[NewCard]) -> None:
        """Issue cards. Raises ``Conflict`` where an id or a token is taken."""
        ...

    async def post_many(self, tx: Transaction, *, postings: Sequence[Posting]) -> None:
        """Post lines in the order given. Raises like ``post``; then none is posted."""
        ...

    async def close_periods(
        self, tx: Transaction, *, through: date, at: datetime, limit: int = 1000
    ) -> list[Statement]:
        """Close every period that ended on or before ``through`` and return the new statements.

        Posts interest and fees, oldest period first, at most ``limit`` accounts a call; call again
        until nothing comes back. Running twice changes nothing.
        """
        ...
