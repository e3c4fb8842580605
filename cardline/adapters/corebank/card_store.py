"""SQL of the embedded ledger: cards, their states and the history of the states."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cardline.cards.corebank import NewCard
from cardline.cards.model import Card, CardState, Product
from cardline.core.transaction import Transaction

_CARD = """
    card.id, card.account_id, card.holder_id, card.tail, card.product, card.state,
    card.held_until, card.activated, card.issued_on, card.version
"""


async def all_tokens(tx: Transaction) -> set[str]:
    """Return the tokens of all cards."""
    cursor = await tx.connection.execute("SELECT token FROM bank_card")
    return {row[0] for row in await cursor.fetchall()}


async def cards_of(tx: Transaction, holder_id: str) -> list[Card]:
    """Return the cards of a holder, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_CARD} FROM bank_card AS card WHERE holder_id = %s ORDER BY issued_on, id",  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_card(row) for row in await cursor.fetchall()]


async def cards_of_accounts(tx: Transaction, account_ids: Sequence[str]) -> list[Card]:
    """Return the cards of several accounts."""
    cursor = await tx.connection.execute(
        f"SELECT {_CARD} FROM bank_card AS card WHERE account_id = ANY(%s) ORDER BY id",  # noqa: S608 - constants only
        (list(account_ids),),
    )
    return [_card(row) for row in await cursor.fetchall()]


async def cards_matching(tx: Transaction, card_tail: str, id_tail: str) -> list[Card]:
    """Return the cards that are not closed by card tail and the holder's identity tail."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CARD}
        FROM bank_card AS card JOIN bank_holder AS holder ON holder.id = card.holder_id
        WHERE card.tail = %s AND holder.id_tail = %s AND card.state <> 'closed'
        ORDER BY card.id
        """,  # noqa: S608 - constants only
        (card_tail, id_tail.upper()),
    )
    return [_card(row) for row in await cursor.fetchall()]


async def card(tx: Transaction, card_id: str, *, lock: bool) -> Card | None:
    """Return a card by id, locked for this transaction where asked."""
    locking = "FOR UPDATE" if lock else ""
    cursor = await tx.connection.execute(
        f"SELECT {_CARD} FROM bank_card AS card WHERE id = %s {locking}",  # noqa: S608 - constants only
        (card_id,),
    )
    row = await cursor.fetchone()
    return _card(row) if row else None


async def expired_holds(tx: Transaction, at: datetime, limit: int) -> list[Card]:
    """Lock and return held cards whose time is over, leaving out what others have locked."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CARD} FROM bank_card AS card
        WHERE state = 'held' AND held_until <= %s
        ORDER BY held_until LIMIT %s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        (at, limit),
    )
    return [_card(row) for row in await cursor.fetchall()]


async def state_change_known(tx: Transaction, key: str) -> bool:
    """True where a state was set under this key before."""
    cursor = await tx.connection.execute("SELECT 1 FROM bank_card_change WHERE key = %s", (key,))
    return await cursor.fetchone() is not None


async def set_card_state(
    tx: Transaction,
    before: Card,
    *,
    state: CardState,
    until: datetime | None,
    key: str,
    at: datetime,
) -> Card:
    """Write the state of a locked card and the line of its history."""
    cursor = await tx.connection.execute(
        f"""
        WITH change AS (
            INSERT INTO bank_card_change (card_id, version, key, at, was, state, held_until)
            VALUES (%(id)s, %(version)s, %(key)s, %(at)s, %(was)s, %(state)s, %(until)s)
        )
        UPDATE bank_card AS card
        SET state = %(state)s, held_until = %(until)s, version = %(version)s
        WHERE id = %(id)s
        RETURNING {_CARD}
        """,  # noqa: S608 - constants only
        {
            "id": before.id,
            "version": before.version + 1,
            "key": key,
            "at": at,
            "was": before.state,
            "state": state,
            "until": until,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return _card(row)


async def add_cards(tx: Transaction, cards: Iterable[NewCard]) -> None:
    """Add cards in bulk."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(
            """
            COPY bank_card (id, account_id, holder_id, tail, token, product, state, held_until,
                            activated, issued_on, version) FROM STDIN
            """
        ) as copy,
    ):
        for new in cards:
            each = new.card
            await copy.write_row(
                (
                    each.id,
                    each.account_id,
                    each.holder_id,
                    each.tail,
                    new.token,
                    each.product.value,
                    each.state.value,
                    each.held_until,
                    each.activated,
                    each.issued_on,
                    each.version,
                )
            )


def _card(row: Sequence[Any]) -> Card:
    id_, account_id, holder_id, tail, product, state, held_until, activated, issued_on, version = (
        row
    )
    return Card(
        id=id_,
        account_id=account_id,
        holder_id=holder_id,
        tail=tail,
        product=Product(product),
        state=CardState(state),
        held_until=held_until,
        activated=activated,
        issued_on=issued_on,
        version=version,
    )
