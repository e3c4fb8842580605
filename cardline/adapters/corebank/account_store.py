"""SQL of the embedded ledger: holders and accounts."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from cardline.cards.corebank import Registered
from cardline.cards.model import Account, Holder, InterestMode
from cardline.core.transaction import Transaction

_HOLDER = """
    id, name, phone, id_tail, language, zone, made_up, address, email, phone_changed_at,
    data_changed_at, other_loans
"""
_ACCOUNT = """
    id, holder_id, credit_limit, statement_day, due_days, opened_on, interest_mode, daily_rate,
    minimum_rate, currency
"""


async def holder(tx: Transaction, holder_id: str) -> Holder | None:
    """Return a holder by id."""
    cursor = await tx.connection.execute(
        f"SELECT {_HOLDER} FROM bank_holder WHERE id = %s",  # noqa: S608 - constants only
        (holder_id,),
    )
    row = await cursor.fetchone()
    return Holder(*row) if row else None


async def holder_by_phone(tx: Transaction, phone: str) -> Holder | None:
    """Return the holder with a registered number."""
    cursor = await tx.connection.execute(
        f"SELECT {_HOLDER} FROM bank_holder WHERE phone = %s",  # noqa: S608 - constants only
        (phone,),
    )
    row = await cursor.fetchone()
    return Holder(*row) if row else None


async def holders_by_email(tx: Transaction, email: str) -> list[Holder]:
    """Return the holders with an e-mail address."""
    cursor = await tx.connection.execute(
        f"SELECT {_HOLDER} FROM bank_holder WHERE lower(email) = lower(%s) "  # noqa: S608 - constants only
        "ORDER BY id LIMIT 10",
        (email,),
    )
    return [Holder(*row) for row in await cursor.fetchall()]


async def registered(
    tx: Transaction, *, phones: Sequence[str], holder_ids: Sequence[str]
) -> list[Registered]:
    """Return the holders with one of these numbers or ids."""
    # As one text each, with the unit separator between: long lists cost the driver much more.
    cursor = await tx.connection.execute(
        """
        SELECT id, phone, zone FROM bank_holder WHERE phone = ANY(string_to_array(%s, chr(31)))
        UNION
        SELECT id, phone, zone FROM bank_holder WHERE id = ANY(string_to_array(%s, chr(31)))
        """,
        (chr(31).join(phones), chr(31).join(holder_ids)),
    )
    return [Registered(*row) for row in await cursor.fetchall()]


async def accounts_of(tx: Transaction, holder_id: str) -> list[Account]:
    """Return the accounts of a holder, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_ACCOUNT} FROM bank_account WHERE holder_id = %s ORDER BY opened_on, id",  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_account(row) for row in await cursor.fetchall()]


async def account(tx: Transaction, account_id: str) -> Account | None:
    """Return an account by id."""
    cursor = await tx.connection.execute(
        f"SELECT {_ACCOUNT} FROM bank_account WHERE id = %s",  # noqa: S608 - constants only
        (account_id,),
    )
    row = await cursor.fetchone()
    return _account(row) if row else None


async def all_holders(tx: Transaction) -> list[Holder]:
    """Return every holder, for an import to compare with."""
    cursor = await tx.connection.execute(f"SELECT {_HOLDER} FROM bank_holder")  # noqa: S608 - constants only
    return [Holder(*row) for row in await cursor.fetchall()]


async def all_accounts(tx: Transaction) -> list[Account]:
    """Return every account, for an import to compare with."""
    cursor = await tx.connection.execute(f"SELECT {_ACCOUNT} FROM bank_account")  # noqa: S608 - constants only
    return [_account(row) for row in await cursor.fetchall()]


async def add_holders(tx: Transaction, holders: Iterable[Holder]) -> None:
    """Add holders in bulk."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(f"COPY bank_holder ({_HOLDER}) FROM STDIN") as copy,
    ):
        for each in holders:
            await copy.write_row(
                (
                    each.id,
                    each.name,
                    each.phone,
                    each.id_tail,
                    each.language,
                    each.zone,
                    each.made_up,
                    each.address,
                    each.email,
                    each.phone_changed_at,
                    each.data_changed_at,
                    each.other_loans,
                )
            )


async def add_accounts(tx: Transaction, accounts: Iterable[tuple[Account, date]]) -> None:
    """Add accounts in bulk, each with the closing date of its open period."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(f"COPY bank_account ({_ACCOUNT}, next_closing_on) FROM STDIN") as copy,
    ):
        for each, next_closing_on in accounts:
            await copy.write_row(
                (
                    each.id,
                    each.holder_id,
                    each.credit_limit,
                    each.statement_day,
                    each.due_days,
                    each.opened_on,
                    each.interest_mode.value,
                    each.daily_rate,
                    each.minimum_rate,
                    each.currency,
                    next_closing_on,
                )
            )


async def locked_accounts(
    tx: Transaction, account_ids: Sequence[str]
) -> dict[str, tuple[Account, date]]:
    """Return accounts with their next closing date; no period of theirs closes meanwhile."""
    cursor = await tx.connection.execute(
        f"""
        SELECT next_closing_on, {_ACCOUNT} FROM bank_account
        WHERE id = ANY(%s) ORDER BY id FOR SHARE
        """,  # noqa: S608 - constants only
        (list(account_ids),),
    )
    return {row[1]: (_account(row[1:]), row[0]) for row in await cursor.fetchall()}


async def accounts_to_close(
    tx: Transaction, through: date, limit: int
) -> list[tuple[Account, date]]:
    """Lock and return accounts whose period ended, with its closing date, oldest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT next_closing_on, {_ACCOUNT} FROM bank_account
        WHERE next_closing_on <= %s
        ORDER BY next_closing_on, id LIMIT %s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        (through, limit),
    )
    return [(_account(row[1:]), row[0]) for row in await cursor.fetchall()]


async def set_next_closing(tx: Transaction, closings: Sequence[tuple[str, date]]) -> None:
    """Open the next period of several accounts."""
    await tx.connection.execute(
        """
        UPDATE bank_account SET next_closing_on = next.closing_on
        FROM unnest(%s::text[], %s::date[]) AS next (account_id, closing_on)
        WHERE id = next.account_id
        """,
        ([account_id for account_id, _ in closings], [closing for _, closing in closings]),
    )


def _account(row: Sequence[Any]) -> Account:
    (id_, holder_id, limit, day, due_days, opened_on, mode, daily_rate, minimum_rate, currency) = (
        row
    )
    return Account(
        id=id_,
        holder_id=holder_id,
        credit_limit=limit,
        statement_day=day,
        due_days=due_days,
        opened_on=opened_on,
        interest_mode=InterestMode(mode),
        daily_rate=daily_rate,
        minimum_rate=minimum_rate,
        currency=currency,
    )
