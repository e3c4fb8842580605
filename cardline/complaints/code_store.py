"""SQL of the codes by which complaints are opened without a log-in."""

from datetime import datetime

from cardline.complaints.codes import CodeWay, KnownCode
from cardline.complaints.model import ComplaintId
from cardline.core.transaction import Transaction


async def put(
    tx: Transaction, complaint: ComplaintId, *, hashed: bytes, way: CodeWay, at: datetime
) -> None:
    """Keep the keyed hash of a code; the one before opens nothing any more."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_lookup (complaint, word_hash, keyed, way, made_at)
        VALUES (%s, %s, true, %s, %s)
        ON CONFLICT (complaint) DO UPDATE
        SET word_hash = excluded.word_hash, keyed = true, way = excluded.way,
            made_at = excluded.made_at
        """,
        (complaint, hashed, way, at),
    )


async def of(tx: Transaction, reference: str) -> KnownCode | None:
    """Return what is kept of the code of a complaint; ``None`` where it has none."""
    cursor = await tx.connection.execute(
        "SELECT word_hash, keyed FROM complaint_lookup WHERE complaint = %s", (reference,)
    )
    row = await cursor.fetchone()
    return KnownCode(bytes(row[0]), row[1]) if row else None
