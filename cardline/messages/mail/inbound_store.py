"""SQL of e-mail that comes in."""

from cardline.core.transaction import Transaction


async def headers_of(tx: Transaction, mail: str) -> str | None:
    """Return the Message-ID of an e-mail that came in, as far as it had one."""
    cursor = await tx.connection.execute("SELECT message_id FROM mail_in WHERE id = %s", (mail,))
    row = await cursor.fetchone()
    return row[0] if row else None
