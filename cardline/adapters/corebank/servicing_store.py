"""SQL of the embedded ledger: what agents change on holders and accounts. Histories only grow."""

from datetime import date, datetime

from cardline.cards.model import ContactField, CreditMark
from cardline.core.transaction import Transaction


async def add_contact_change(
    tx: Transaction,
    *,
    key: str,
    holder_id: str,
    field: ContactField,
    value: str | None,
    at: datetime,
) -> bool:
    """Write a change into the history, with what stood there; false for a key seen before."""
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO bank_contact_change (key, holder_id, field, was, value, at)
        SELECT %s, id, %s, {field.value}, %s, %s FROM bank_holder WHERE id = %s FOR UPDATE
        ON CONFLICT (key) DO NOTHING
        """,  # noqa: S608 - the name of a column, out of an enumeration
        (key, field.value, value, at, holder_id),
    )
    return cursor.rowcount == 1


async def set_contact(
    tx: Transaction,
    *,
    holder_id: str,
    field: ContactField,
    value: str | None,
    changed_at: datetime | None,
) -> None:
    """Write the value and when it counts as changed."""
    since = "phone_changed_at" if field is ContactField.PHONE else "data_changed_at"
    await tx.connection.execute(
        f"UPDATE bank_holder SET {field.value} = %s, {since} = %s WHERE id = %s",  # noqa: S608 - names of columns
        (value, changed_at, holder_id),
    )


async def set_credit_limit(
    tx: Transaction, *, account_id: str, limit: int, key: str, at: datetime
) -> None:
    """Write the limit and the line of its history; nothing for a key seen before."""
    await tx.connection.execute(
        """
        WITH before AS (
            SELECT id, credit_limit FROM bank_account WHERE id = %(account)s FOR UPDATE
        ), change AS (
            INSERT INTO bank_limit_change (key, account_id, was, credit_limit, at)
            SELECT %(key)s, id, credit_limit, %(limit)s, %(at)s FROM before
            ON CONFLICT (key) DO NOTHING RETURNING account_id
        )
        UPDATE bank_account SET credit_limit = %(limit)s FROM change WHERE id = change.account_id
        """,
        {"account": account_id, "limit": limit, "key": key, "at": at},
    )


async def mark_credit_record(
    tx: Transaction, *, account_id: str, month: date, mark: CreditMark, key: str, at: datetime
) -> None:
    """Add a mark; nothing for a key seen before."""
    await tx.connection.execute(
        """
        INSERT INTO bank_credit_mark (key, account_id, month, mark, at) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (key) DO NOTHING
        """,
        (key, account_id, month, mark.value, at),
    )


async def credit_marks(tx: Transaction, account_id: str) -> dict[date, CreditMark]:
    """Return the newest mark of each month."""
    cursor = await tx.connection.execute(
        """
        SELECT DISTINCT ON (month) month, mark FROM bank_credit_mark WHERE account_id = %s
        ORDER BY month, seq DESC
        """,
        (account_id,),
    )
    return {row[0]: CreditMark(row[1]) for row in await cursor.fetchall()}
