"""SQL of staff."""

from datetime import datetime

from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.staff.model import Staff

_COLUMNS = "number, name, role, agent_id, phone_user"


async def insert_staff(
    tx: Transaction, staff: Staff, *, token_hash: bytes, phone_ha1: str | None, at: datetime
) -> bool:
    """Add somebody; False where the number is taken."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO staff
            (number, name, role, agent_id, token_hash, phone_user, phone_ha1, added_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (number) DO NOTHING
        """,
        (
            staff.number,
            staff.name,
            staff.role,
            staff.agent_id,
            token_hash,
            staff.phone_user,
            phone_ha1,
            at,
        ),
    )
    return cursor.rowcount == 1


async def wake_phones(tx: Transaction, channel: str) -> None:
    """Tell every node, at the commit, that the list of desk phones has changed."""
    await tx.connection.execute("SELECT pg_notify(%s, '')", (channel,))


async def leave(tx: Transaction, number: str, at: datetime) -> bool:
    """Write that somebody left; False for nobody of that number."""
    cursor = await tx.connection.execute(
        "UPDATE staff SET left_at = %s WHERE number = %s AND left_at IS NULL", (at, number)
    )
    return cursor.rowcount == 1


async def set_role(tx: Transaction, staff: Staff) -> None:
    """Write role, id in routing and desk phone; without a phone its password goes too."""
    await tx.connection.execute(
        """
        UPDATE staff SET role = %s, agent_id = %s, phone_user = %s,
            phone_ha1 = CASE WHEN %s::text IS NULL THEN NULL ELSE phone_ha1 END
        WHERE number = %s AND left_at IS NULL
        """,
        (staff.role, staff.agent_id, staff.phone_user, staff.phone_user, staff.number),
    )


async def renew(tx: Transaction, number: str, *, token_hash: bytes, phone_ha1: str | None) -> bool:
    """Write new credentials; False for nobody of that number."""
    cursor = await tx.connection.execute(
        """
        UPDATE staff SET token_hash = %s, phone_ha1 = %s
        WHERE number = %s AND left_at IS NULL
        """,
        (token_hash, phone_ha1, number),
    )
    return cursor.rowcount == 1


async def staff_by_agent(tx: Transaction, agent: AgentId) -> Staff | None:
    """Return who takes or took calls under an id."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM staff WHERE agent_id = %s",  # noqa: S608 - constants only
        (agent,),
    )
    row = await cursor.fetchone()
    return Staff(*row) if row else None


async def staff_by_number(tx: Transaction, number: str) -> Staff | None:
    """Return somebody by the staff number, unless they have left."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM staff WHERE number = %s AND left_at IS NULL",  # noqa: S608 - constants only
        (number,),
    )
    row = await cursor.fetchone()
    return Staff(*row) if row else None


async def staff_by_token_hash(tx: Transaction, token_hash: bytes) -> Staff | None:
    """Return who holds the token with this hash."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM staff WHERE token_hash = %s AND left_at IS NULL",  # noqa: S608 - constants only
        (token_hash,),
    )
    row = await cursor.fetchone()
    return Staff(*row) if row else None


async def all_staff(tx: Transaction) -> list[Staff]:
    """Return everybody who has not left, by number."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM staff WHERE left_at IS NULL ORDER BY number"  # noqa: S608 - constants only
    )
    return [Staff(*row) for row in await cursor.fetchall()]


async def phone_accounts(tx: Transaction) -> list[tuple[str, str]]:
    """Return user and HA1 of all desk phones."""
    cursor = await tx.connection.execute(
        """
        SELECT phone_user, phone_ha1 FROM staff
        WHERE phone_user IS NOT NULL AND left_at IS NULL ORDER BY phone_user
        """
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]
