"""SQL of letters that came in."""

from collections.abc import Sequence

from psycopg.rows import class_row

from cardline.core.transaction import Transaction
from cardline.messages.letters.model import ScannedLetter

_COLUMNS = (
    "id, interaction, box, holder, sender, subject, language, received_on, posting, taken, "
    "scanned_by, at"
)


async def by_content(tx: Transaction, content: str) -> ScannedLetter | None:
    """Let nobody else take these scans until the end; return the letter that has them already."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"letter_in {content}",)
    )
    cursor = tx.connection.cursor(row_factory=class_row(ScannedLetter))
    await cursor.execute(
        f"SELECT {_COLUMNS} FROM letter_in WHERE content = %s",  # noqa: S608 - constants only
        (content,),
    )
    return await cursor.fetchone()


async def add(tx: Transaction, letter: ScannedLetter, *, content: str) -> None:
    """Write a letter down."""
    await tx.connection.execute(
        f"INSERT INTO letter_in ({_COLUMNS}, content) "  # noqa: S608 - constants only
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            letter.id,
            letter.interaction,
            letter.box,
            letter.holder,
            letter.sender,
            letter.subject,
            letter.language,
            letter.received_on,
            letter.posting,
            letter.taken,
            letter.scanned_by,
            letter.at,
            content,
        ),
    )


async def set_taken(tx: Transaction, letter: str) -> None:
    """Write that another part cares for it."""
    await tx.connection.execute("UPDATE letter_in SET taken = true WHERE id = %s", (letter,))


async def by_id(tx: Transaction, letter: str) -> ScannedLetter | None:
    """Return a letter that came in."""
    cursor = tx.connection.cursor(row_factory=class_row(ScannedLetter))
    await cursor.execute(
        f"SELECT {_COLUMNS} FROM letter_in WHERE id = %s",  # noqa: S608 - constants only
        (letter,),
    )
    return await cursor.fetchone()


async def of_interactions(tx: Transaction, interactions: Sequence[str]) -> list[ScannedLetter]:
    """Return the letters that are these interactions."""
    cursor = tx.connection.cursor(row_factory=class_row(ScannedLetter))
    await cursor.execute(
        f"SELECT {_COLUMNS} FROM letter_in WHERE interaction = ANY(%s)",  # noqa: S608 - constants
        (list(interactions),),
    )
    return await cursor.fetchall()
