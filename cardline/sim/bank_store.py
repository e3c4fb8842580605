"""SQL of the demonstration bank: that there is one, and from which seed."""

from dataclasses import dataclass
from datetime import date

from cardline.core.transaction import Transaction


@dataclass(frozen=True, slots=True)
class DemoBank:
    """From what the demonstration bank was made."""

    seed: int
    holders: int
    made_on: date


async def demo_bank(tx: Transaction) -> DemoBank | None:
    """Return the demonstration bank, if this home has one."""
    cursor = await tx.connection.execute("SELECT seed, holders, made_on FROM demo_bank")
    row = await cursor.fetchone()
    return DemoBank(*row) if row else None


async def has_real_holders(tx: Transaction) -> bool:
    """True where there are holders, and no demonstration made them."""
    cursor = await tx.connection.execute(
        "SELECT EXISTS (SELECT 1 FROM bank_holder) AND NOT EXISTS (SELECT 1 FROM demo_bank)"
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def add_demo_bank(tx: Transaction, made: DemoBank) -> bool:
    """Write down that it is there; false where it was already."""
    cursor = await tx.connection.execute(
        "INSERT INTO demo_bank (seed, holders, made_on) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (made.seed, made.holders, made.made_on),
    )
    return cursor.rowcount == 1
