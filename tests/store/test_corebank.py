"""The embedded ledger on a real PostgreSQL: people, cards and their states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import InsufficientPrivilege

from cardline.adapters.postgres.database import Database
from cardline.cards.corebank import NewCard
from cardline.cards.model import CardState
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.phone import PhoneNumber
from tests.store.ledger_fixture import ACCOUNT, CARD, HOLDER, fill, ledger

NOW = datetime(2026, 5, 10, 9, 0, tzinfo=UTC)


async def test_what_was_written_is_read_back(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
    async with database.transaction() as tx:
        assert await bank.holder(tx, holder_id=HOLDER.id) == HOLDER
        assert await bank.holder_by_phone(tx, phone=HOLDER.phone) == HOLDER
        assert await bank.accounts_of(tx, holder_id=HOLDER.id) == [ACCOUNT]
        assert await bank.account(tx, account_id=ACCOUNT.id) == ACCOUNT
        assert await bank.cards_of(tx, holder_id=HOLDER.id) == [CARD]
        assert await bank.card(tx, card_id=CARD.id, lock=True) == CARD


async def test_who_and_what_is_unknown(database: Database) -> None:
    bank = ledger()
    async with database.transaction() as tx:
        assert await bank.holder(tx, holder_id=HolderId("nobody")) is None
        assert await bank.holder_by_phone(tx, phone=PhoneNumber("+8615499999999")) is None
        assert await bank.card(tx, card_id=CardId("none")) is None
        assert await bank.last_statement(tx, account_id=AccountId("none")) is None
        with pytest.raises(NotFound):
            await bank.balance(tx, account_id=AccountId("none"), at=NOW)
        with pytest.raises(NotFound):
            await bank.points(tx, account_id=AccountId("none"), at=NOW)
        with pytest.raises(NotFound):
            await bank.annual_fee(tx, card_id=CardId("none"), at=NOW)


async def test_a_card_is_found_by_two_tails_and_there_may_be_several(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await fill(
            tx,
            holder=replace(HOLDER, id=HolderId("h2"), phone=PhoneNumber("+8615400000002")),
            account=replace(ACCOUNT, id=AccountId("a2"), holder_id=HolderId("h2")),
            card=replace(
                CARD, id=CardId("c2"), account_id=AccountId("a2"), holder_id=HolderId("h2")
            ),
            token="tk-2",
        )
        closed = replace(CARD, id=CardId("c3"), state=CardState.CLOSED)
        await bank.add_cards(tx, cards=[NewCard(closed, "tk-3")])
        found = await bank.cards_matching(tx, card_tail="1234", id_tail="123x")
        assert [card.id for card in found] == ["c1", "c2"]
        assert await bank.cards_matching(tx, card_tail="1234", id_tail="9999") == []


async def test_a_telephone_number_belongs_to_one_holder(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
    with pytest.raises(Conflict, match="bank_holder_phone"):
        async with database.transaction() as tx:
            await bank.add_holders(tx, holders=[replace(HOLDER, id=HolderId("h2"))])


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("statement_day", 31, "statement day 31 does not exist"),
        ("credit_limit", -1, "negative"),
        ("due_days", 26, "due days 26"),
        ("currency", "USD", "only CNY"),
    ],
)
async def test_a_contract_that_cannot_be_kept_is_refused(
    database: Database, field: str, value: object, message: str
) -> None:
    bank = ledger()
    async with database.transaction() as tx:
        await bank.add_holders(tx, holders=[HOLDER])
        with pytest.raises(Invalid, match=message):
            await bank.add_accounts(tx, accounts=[replace(ACCOUNT, **{field: value})])  # type: ignore[arg-type]


async def test_a_state_is_set_once_for_each_key(database: Database) -> None:
    until = NOW + timedelta(hours=2)
    async with database.transaction() as tx:
        bank = await fill(tx)
        held = await bank.set_card_state(
            tx, card_id=CARD.id, state=CardState.HELD, until=until, key="k1", at=NOW
        )
        assert (held.state, held.held_until, held.version) == (CardState.HELD, until, 1)
        await bank.set_card_state(
            tx, card_id=CARD.id, state=CardState.FROZEN, until=None, key="k2", at=NOW
        )
        again = await bank.set_card_state(
            tx, card_id=CARD.id, state=CardState.HELD, until=until, key="k1", at=NOW
        )
        assert (again.state, again.version) == (CardState.FROZEN, 2)
        cursor = await tx.connection.execute(
            "SELECT was, state FROM bank_card_change ORDER BY version"
        )
        assert await cursor.fetchall() == [("active", "held"), ("held", "frozen")]


async def test_a_closed_card_changes_no_more(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx, card=replace(CARD, state=CardState.CLOSED))
        with pytest.raises(Conflict):
            await bank.set_card_state(
                tx, card_id=CARD.id, state=CardState.ACTIVE, until=None, key="k", at=NOW
            )


async def test_a_hold_without_an_end_is_an_error(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        with pytest.raises(Invalid):
            await bank.set_card_state(
                tx, card_id=CARD.id, state=CardState.HELD, until=None, key="k", at=NOW
            )


async def test_the_history_of_a_card_cannot_be_altered(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await bank.set_card_state(
            tx, card_id=CARD.id, state=CardState.FROZEN, until=None, key="k", at=NOW
        )
    for statement in ("DELETE FROM bank_card_change", "DELETE FROM bank_posting"):
        with pytest.raises(InsufficientPrivilege):
            async with database.transaction() as tx:
                await tx.connection.execute(statement)


async def test_every_table_and_column_of_the_ledger_says_what_it_is_for(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(
            """
            SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE (relname LIKE 'bank\\_%' OR relname = 'demo_bank') AND relkind = 'r'
              AND attnum >= 0 AND NOT attisdropped
              AND (col_description(attrelid, attnum) IS NULL
                   OR obj_description(attrelid, 'pg_class') IS NULL)
            """
        )
        assert await cursor.fetchall() == []
