"""SQL of one-time codes, words of holds, and questions."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.ids import HolderId, new_id
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.identity.model import CodePurpose, Question, QuestionKind


@dataclass(frozen=True, slots=True)
class Code:
    """A code that may still be used."""

    id: str
    about: str
    digest: bytes
    stream: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for its answer."""

    kind: str
    right_key: int
    expires_at: datetime


async def lock_codes(tx: Transaction, *, holder: HolderId) -> None:
    """Let nobody else issue or use codes of this holder until the transaction ends."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('codes ' || %s, 0))", (holder,)
    )


async def issued_since(tx: Transaction, *, holder: HolderId, since: datetime) -> list[datetime]:
    """Return when codes, other than words of holds, were issued, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT issued_at FROM identity_code
        WHERE holder = %s AND purpose <> 'hold' AND issued_at > %s ORDER BY issued_at
        """,
        (holder, since),
    )
    return [row[0] for row in await cursor.fetchall()]


async def unused_since(tx: Transaction, *, holder: HolderId, since: datetime) -> datetime | None:
    """Return when the newest code was issued that nobody has used; words of holds aside."""
    cursor = await tx.connection.execute(
        """
        SELECT max(issued_at) FROM identity_code
        WHERE holder = %s AND purpose <> 'hold' AND used_at IS NULL AND issued_at > %s
        """,
        (holder, since),
    )
    row = await cursor.fetchone()
    newest: datetime | None = row[0] if row else None
    return newest


async def issued_to_strangers(
    tx: Transaction, *, holder: HolderId, since: datetime
) -> list[tuple[datetime, str]]:
    """Return when codes were issued that browsers unknown so far asked for, and their networks."""
    cursor = await tx.connection.execute(
        """
        SELECT issued_at, network FROM identity_code
        WHERE holder = %s AND network <> '' AND issued_at > %s ORDER BY issued_at
        """,
        (holder, since),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def void_codes(
    tx: Transaction, *, holder: HolderId, purpose: CodePurpose, about: str, at: datetime
) -> None:
    """Void what is still usable for this purpose."""
    await tx.connection.execute(
        """
        UPDATE identity_code SET voided_at = %s
        WHERE holder = %s AND purpose = %s AND about = %s
          AND used_at IS NULL AND voided_at IS NULL
        """,
        (at, holder, purpose, about),
    )


async def add_code(
    tx: Transaction,
    *,
    code_id: str,
    holder: HolderId,
    purpose: CodePurpose,
    about: str,
    digest: bytes,
    caller: PhoneNumber | None,
    stream: str,
    at: datetime,
    expires_at: datetime,
    network: str = "",
) -> None:
    """Write a code, as its digest; ``network``: of a browser that is not known."""
    await tx.connection.execute(
        """
        INSERT INTO identity_code
            (id, holder, purpose, about, digest, caller, stream, issued_at, expires_at, network)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (code_id, holder, purpose, about, digest, caller, stream, at, expires_at, network),
    )


async def usable_codes(
    tx: Transaction, *, holder: HolderId, purpose: CodePurpose, at: datetime
) -> list[Code]:
    """Return, locked, the codes that may be used now: one, or one a held card."""
    cursor = await tx.connection.execute(
        """
        SELECT id, about, digest, stream, expires_at FROM identity_code
        WHERE holder = %s AND purpose = %s AND issued_at <= %s AND expires_at > %s
          AND used_at IS NULL AND voided_at IS NULL
        ORDER BY issued_at DESC, id DESC FOR UPDATE
        """,
        (holder, purpose, at, at),
    )
    return [
        Code(code_id, about, bytes(digest), stream, expires_at)
        for code_id, about, digest, stream, expires_at in await cursor.fetchall()
    ]


async def use_code(tx: Transaction, *, code_id: str, at: datetime) -> None:
    """Mark a code as used."""
    await tx.connection.execute(
        "UPDATE identity_code SET used_at = %s WHERE id = %s", (at, code_id)
    )


async def count_wrong_code(tx: Transaction, *, code_id: str, most: int, at: datetime) -> None:
    """Count a wrong try; void the code at the last one."""
    await tx.connection.execute(
        """
        UPDATE identity_code
        SET wrong = wrong + 1, voided_at = CASE WHEN wrong + 1 >= %s THEN %s::timestamptz END
        WHERE id = %s
        """,
        (most, at, code_id),
    )


async def add_question(
    tx: Transaction,
    *,
    holder: HolderId,
    stream: str,
    question: Question,
    at: datetime,
    expires_at: datetime,
) -> str:
    """Write a question that is put; return its id."""
    question_id = new_id("question-")
    await tx.connection.execute(
        """
        INSERT INTO identity_question (id, holder, stream, kind, right_key, asked_at, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (question_id, holder, stream, question.kind, question.right, at, expires_at),
    )
    return question_id


async def asked_in(
    tx: Transaction, *, holder: HolderId, stream: str
) -> list[tuple[QuestionKind, bool | None]]:
    """Return kind and outcome of all questions of an interaction, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT kind, correct FROM identity_question
        WHERE holder = %s AND stream = %s ORDER BY asked_at, id
        """,
        (holder, stream),
    )
    return [(kind, correct) for kind, correct in await cursor.fetchall()]


async def lock_question(
    tx: Transaction, *, question: str, holder: HolderId, stream: str
) -> OpenQuestion | None:
    """Return, locked, a question that was not answered yet."""
    cursor = await tx.connection.execute(
        """
        SELECT kind, right_key, expires_at FROM identity_question
        WHERE id = %s AND holder = %s AND stream = %s AND answered_at IS NULL FOR UPDATE
        """,
        (question, holder, stream),
    )
    row = await cursor.fetchone()
    return OpenQuestion(*row) if row else None


async def answer_question(tx: Transaction, *, question: str, correct: bool, at: datetime) -> None:
    """Write the answer's outcome, not the answer."""
    await tx.connection.execute(
        "UPDATE identity_question SET answered_at = %s, correct = %s WHERE id = %s",
        (at, correct, question),
    )
