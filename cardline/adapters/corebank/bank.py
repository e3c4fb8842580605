"""The embedded card system: a small real ledger in the same database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from psycopg.errors import UniqueViolation

from cardline.adapters.corebank import account_store, card_store, ledger_store, servicing_store
from cardline.adapters.corebank.closing import close_accounts
from cardline.cards.corebank import NewCard, Registered
from cardline.cards.model import (
    CREDITS,
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
from cardline.cards.rules.annual_fee import USES, annual_fee, card_year
from cardline.cards.rules.periods import next_closing, previous_closing
from cardline.cards.rules.points import points_at
from cardline.cards.rules.terms import CardTerms, check_account
from cardline.core.calendar import business_day
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AccountId, CardId, HolderId, new_id
from cardline.core.money import Fen
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction


class EmbeddedCoreBank:
    """``CardLedger`` in PostgreSQL. It holds no state: one for the whole application."""

    def __init__(self, terms: CardTerms) -> None:
        self.terms = terms

    # ------------------------------------------------------------ holders, accounts, cards

    async def holder(self, tx: Transaction, *, holder_id: HolderId) -> Holder | None:
        return await account_store.holder(tx, holder_id)

    async def holder_by_phone(self, tx: Transaction, *, phone: PhoneNumber) -> Holder | None:
        return await account_store.holder_by_phone(tx, phone)

    async def holders_by_email(self, tx: Transaction, *, email: str) -> list[Holder]:
        return await account_store.holders_by_email(tx, email)

    async def holders_due(self, tx: Transaction, *, due_on: date) -> list[HolderId]:
        return await ledger_store.holders_due(tx, due_on)

    async def registered(
        self, tx: Transaction, *, phones: Sequence[PhoneNumber], holder_ids: Sequence[HolderId]
    ) -> list[Registered]:
        return await account_store.registered(tx, phones=phones, holder_ids=holder_ids)

    async def accounts_of(self, tx: Transaction, *, holder_id: HolderId) -> list[Account]:
        return await account_store.accounts_of(tx, holder_id)

    async def account(self, tx: Transaction, *, account_id: AccountId) -> Account | None:
        return await account_store.account(tx, account_id)

    async def cards_of(self, tx: Transaction, *, holder_id: HolderId) -> list[Card]:
        return await card_store.cards_of(tx, holder_id)

    async def cards_matching(self, tx: Transaction, *, card_tail: str, id_tail: str) -> list[Card]:
        return await card_store.cards_matching(tx, card_tail, id_tail)

    async def card(self, tx: Transaction, *, card_id: CardId, lock: bool = False) -> Card | None:
        return await card_store.card(tx, card_id, lock=lock)

    # ------------------------------------------------------------ what stands on an account

    async def balance(self, tx: Transaction, *, account_id: AccountId, at: datetime) -> Balance:
        found = await ledger_store.owed(tx, account_id, at)
        if found is None:
            raise _no_account(account_id)
        limit, owed = found
        return Balance(account_id, Fen(limit), Fen(owed), Fen(max(0, limit - owed)))

    async def last_statement(self, tx: Transaction, *, account_id: AccountId) -> Statement | None:
        newest = await ledger_store.statements(tx, account_id, 1)
        return newest[0] if newest else None

    async def last_statements(self, tx: Transaction, *, holder_id: HolderId) -> list[Statement]:
        return await ledger_store.last_statements(tx, holder_id)

    async def statements(
        self, tx: Transaction, *, account_id: AccountId, limit: int = 24
    ) -> list[Statement]:
        return await ledger_store.statements(tx, account_id, limit)

    async def recent_postings(
        self, tx: Transaction, *, account_id: AccountId, limit: int = 10
    ) -> list[Posting]:
        return await ledger_store.recent_postings(tx, account_id, limit)

    async def interest_lines(
        self, tx: Transaction, *, account_id: AccountId, statement: Statement
    ) -> list[InterestLine]:
        return await ledger_store.interest_lines(tx, account_id, statement.closing_on)

    async def points(self, tx: Transaction, *, account_id: AccountId, at: datetime) -> Points:
        entries = await ledger_store.points(tx, account_id)
        if entries is None:
            raise _no_account(account_id)
        return points_at(entries, business_day(at), self.terms)

    async def annual_fee(self, tx: Transaction, *, card_id: CardId, at: datetime) -> AnnualFee:
        card = await card_store.card(tx, card_id, lock=False)
        if card is None:
            raise _no_card(card_id)
        on = business_day(at)
        since = card_year(card.issued_on, on).from_on
        used_on = await ledger_store.used_on(tx, card.account_id, card_id, USES, since)
        return annual_fee(card, used_on, on, self.terms)

    # ------------------------------------------------------------ the state of a card

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
        if (state is CardState.HELD) != (until is not None):
            raise Invalid("a hold needs an end, and only a hold has one")
        card = await card_store.card(tx, card_id, lock=True)
        if card is None:
            raise _no_card(card_id)
        if await card_store.state_change_known(tx, key):
            return card
        if card.state is CardState.CLOSED:
            raise Conflict(f"card {card_id} is closed: its state changes no more")
        return await card_store.set_card_state(tx, card, state=state, until=until, key=key, at=at)

    async def expired_holds(self, tx: Transaction, *, at: datetime, limit: int = 500) -> list[Card]:
        return await card_store.expired_holds(tx, at, limit)

    # ------------------------------------------------------------ what agents change

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
        with _taken("a holder with this telephone number"):
            if await servicing_store.add_contact_change(
                tx, key=key, holder_id=holder_id, field=field, value=value, at=at
            ):
                await servicing_store.set_contact(
                    tx, holder_id=holder_id, field=field, value=value, changed_at=changed_at
                )
        holder = await account_store.holder(tx, holder_id)
        if holder is None:
            raise NotFound(f"there is no holder {holder_id}")
        return holder

    async def set_credit_limit(
        self, tx: Transaction, *, account_id: AccountId, limit: Fen, key: str, at: datetime
    ) -> Account:
        if limit < 0:
            raise Invalid("a credit limit is not negative")
        await servicing_store.set_credit_limit(
            tx, account_id=account_id, limit=limit, key=key, at=at
        )
        account = await account_store.account(tx, account_id)
        if account is None:
            raise _no_account(account_id)
        return account

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
        await servicing_store.mark_credit_record(
            tx, account_id=account_id, month=month.replace(day=1), mark=mark, key=key, at=at
        )

    async def credit_marks(
        self, tx: Transaction, *, account_id: AccountId
    ) -> dict[date, CreditMark]:
        return await servicing_store.credit_marks(tx, account_id)

    # ------------------------------------------------------------ posting

    async def posting(self, tx: Transaction, *, posting_id: PostingId) -> Posting | None:
        return await ledger_store.posting(tx, posting_id)

    async def unposted(self, tx: Transaction, *, account_id: AccountId, at: datetime) -> Fen:
        return Fen(await ledger_store.spent_after(tx, account_id, at, business_day(at)))

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
        posting = Posting(
            id=PostingId(new_id("p")),
            account_id=account_id,
            card_id=card_id,
            kind=kind,
            amount=amount,
            posted_on=posted_on,
            at=at,
            merchant=merchant,
            description_zh=description_zh,
            description_en=description_en,
            points=points,
        )
        known = await ledger_store.posting_by_key(tx, key)
        if known is not None:
            return known
        await self._check_postings(tx, [posting])
        if await ledger_store.add_posting(tx, posting, key):
            return posting
        known = await ledger_store.posting_by_key(tx, key)
        assert known is not None
        return known

    async def post_many(self, tx: Transaction, *, postings: Sequence[Posting]) -> None:
        await self._check_postings(tx, postings)
        with _taken("a posting"):
            await ledger_store.add_postings(tx, postings)

    async def close_periods(
        self, tx: Transaction, *, through: date, at: datetime, limit: int = 1000
    ) -> list[Statement]:
        return await close_accounts(tx, through=through, at=at, limit=limit, terms=self.terms)

    async def _check_postings(self, tx: Transaction, postings: Sequence[Posting]) -> None:
        ids = sorted({posting.account_id for posting in postings})
        accounts = await account_store.locked_accounts(tx, ids)
        closed_through = {
            account_id: previous_closing(closing_on, account.statement_day)
            for account_id, (account, closing_on) in accounts.items()
        }
        for posting in postings:
            if posting.account_id not in closed_through:
                raise _no_account(posting.account_id)
            check_sign(posting)
            if posting.posted_on <= closed_through[posting.account_id]:
                raise Invalid(
                    f"{posting.posted_on} is closed by the statement of "
                    f"{closed_through[posting.account_id]}: post it on a later day"
                )

    # ------------------------------------------------------------ filling the ledger

    async def add_holders(self, tx: Transaction, *, holders: Sequence[Holder]) -> None:
        with _taken("a holder or a telephone number"):
            await account_store.add_holders(tx, holders)

    async def add_accounts(self, tx: Transaction, *, accounts: Sequence[Account]) -> None:
        for account in accounts:
            check_account(account, self.terms)
        with _taken("an account"):
            await account_store.add_accounts(
                tx,
                [(each, next_closing(each.opened_on, each.statement_day)) for each in accounts],
            )

    async def add_cards(self, tx: Transaction, *, cards: Sequence[NewCard]) -> None:
        with _taken("a card or a token"):
            await card_store.add_cards(tx, cards)


def check_sign(posting: Posting) -> None:
    """Raise ``Invalid`` where the amount of a posting has not the sign of its kind."""
    if posting.kind is PostingKind.POINTS:
        good = posting.amount == 0 and posting.points != 0
    elif posting.kind is PostingKind.ADJUSTMENT:
        good = posting.amount != 0
    elif posting.kind in CREDITS:
        good = posting.amount < 0
    else:
        good = posting.amount > 0
    if not good:
        raise Invalid(f"{posting.amount} fen is no amount for a posting of kind {posting.kind}")


def _no_account(account_id: str) -> NotFound:
    return NotFound(f"there is no account {account_id}")


def _no_card(card_id: str) -> NotFound:
    return NotFound(f"there is no card {card_id}")


@contextmanager
def _taken(what: str) -> Iterator[None]:
    try:
        yield
    except UniqueViolation as error:
        raise Conflict(f"{what} exists already ({error.diag.constraint_name})") from error
