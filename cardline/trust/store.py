"""SQL of the registry, of proofs, and of signed identities of callers."""

from datetime import datetime

from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.trust.caller_model import CallerVerdict
from cardline.trust.model import Code, Official, OfficialKind, Proof, ProofId, StaffShown

_PROOF = """
    id, key, channel, sent_to, holder, purpose, shown, staff, staff_name, code, at,
    text, solicited, answered_at, ended_at
"""

# ---------------------------------------------------------------- the registry


async def lock_registry(tx: Transaction) -> None:
    """Let nobody else add or end entries until the transaction ends; reading goes on."""
    await tx.connection.execute("LOCK TABLE trust_official IN SHARE ROW EXCLUSIVE MODE")


async def officials(tx: Transaction, *, kind: OfficialKind | None = None) -> list[Official]:
    """Return the registry, ended entries too, in the order of kind and value."""
    cursor = await tx.connection.execute(
        """
        SELECT id, kind, value, name_zh, name_en, since, until, shown, ended_why
        FROM trust_official
        WHERE %(kind)s::text IS NULL OR kind = %(kind)s ORDER BY kind, value, since
        """,
        {"kind": kind},
    )
    return [Official(row[0], OfficialKind(row[1]), *row[2:]) for row in await cursor.fetchall()]


async def add_official(tx: Transaction, entry: Official, *, by: str, at: datetime) -> None:
    """Add an entry."""
    await tx.connection.execute(
        """
        INSERT INTO trust_official
            (id, kind, value, shown, name_zh, name_en, since, until, added_by, added_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            entry.id,
            entry.kind,
            entry.value,
            entry.shown,
            entry.zh,
            entry.en,
            entry.since,
            entry.until,
            by,
            at,
        ),
    )


async def end_official(
    tx: Transaction, entry: str, *, until: datetime, why: str, by: str
) -> Official | None:
    """End an entry that is in force or to come; ``None`` where there is no such one."""
    cursor = await tx.connection.execute(
        """
        UPDATE trust_official SET until = %(until)s, ended_why = %(why)s, ended_by = %(by)s
        WHERE id = %(id)s AND since < %(until)s AND (until IS NULL OR until > %(until)s)
        RETURNING id, kind, value, name_zh, name_en, since, until, shown, ended_why
        """,
        {"id": entry, "until": until, "why": why, "by": by},
    )
    row = await cursor.fetchone()
    return Official(row[0], OfficialKind(row[1]), *row[2:]) if row else None


# ---------------------------------------------------------------- proofs


async def add_proof(tx: Transaction, proof: Proof) -> bool:
    """Write a proof down; false where this contact has left one already."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO trust_proof
            (id, key, channel, sent_to, holder, purpose, shown, staff, staff_name, code, at,
             text, solicited)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::smallint[], %s, %s, %s)
        ON CONFLICT (key) DO NOTHING
        """,
        (
            proof.id,
            proof.key,
            proof.channel,
            proof.to,
            proof.holder,
            proof.purpose,
            proof.shown,
            proof.staff.number if proof.staff else None,
            proof.staff.name if proof.staff else None,
            list(proof.code),
            proof.at,
            proof.text,
            proof.solicited,
        ),
    )
    return cursor.rowcount == 1


async def proof_by_key(tx: Transaction, key: str) -> Proof | None:
    """Return the proof of a contact."""
    cursor = await tx.connection.execute(
        f"SELECT {_PROOF} FROM trust_proof WHERE key = %s",  # noqa: S608 - a constant
        (key,),
    )
    row = await cursor.fetchone()
    return _proof(row) if row else None


async def proofs_for(
    tx: Transaction, *, number: str, holder: HolderId | None, since: datetime, limit: int
) -> list[Proof]:
    """Return what went to a number or to a holder, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_PROOF} FROM trust_proof
        WHERE (sent_to = %s OR holder = %s) AND at >= %s AND undone_at IS NULL
        ORDER BY at DESC, id DESC LIMIT %s
        """,  # noqa: S608 - a constant
        (number, holder, since, limit),
    )
    return [_proof(row) for row in await cursor.fetchall()]


async def proofs_with_code(tx: Transaction, code: Code, *, since: datetime) -> list[Proof]:
    """Return the contacts that carry a code."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_PROOF} FROM trust_proof
        WHERE code = %s::smallint[] AND at >= %s AND undone_at IS NULL
        """,  # noqa: S608 - a constant
        (list(code), since),
    )
    return [_proof(row) for row in await cursor.fetchall()]


async def call_answered(
    tx: Transaction, key: str, *, staff: StaffShown | None, at: datetime
) -> Proof | None:
    """Write that a call was answered, and who speaks for us, where that is known only now."""
    # Times of the line and ours may differ by a breath: an answer is never before its call.
    cursor = await tx.connection.execute(
        f"""
        UPDATE trust_proof SET
            answered_at = coalesce(answered_at, greatest(at, %(at)s)),
            staff = coalesce(%(staff)s, staff), staff_name = coalesce(%(name)s, staff_name)
        WHERE key = %(key)s AND ended_at IS NULL RETURNING {_PROOF}
        """,  # noqa: S608 - a constant
        {
            "key": key,
            "at": at,
            "staff": staff.number if staff else None,
            "name": staff.name if staff else None,
        },
    )
    row = await cursor.fetchone()
    return _proof(row) if row else None


async def call_ended(tx: Transaction, key: str, *, at: datetime) -> bool:
    """Write that a call is over; false where it was, or left no proof."""
    cursor = await tx.connection.execute(
        """
        UPDATE trust_proof SET ended_at = greatest(at, answered_at, %s)
        WHERE key = %s AND ended_at IS NULL
        """,
        (at, key),
    )
    return cursor.rowcount == 1


async def undo(tx: Transaction, key: str, *, at: datetime) -> None:
    """Write that a contact was never made."""
    await tx.connection.execute(
        "UPDATE trust_proof SET undone_at = %s WHERE key = %s AND undone_at IS NULL", (at, key)
    )


# ---------------------------------------------------------------- signed identities


async def keep_caller_verdict(
    tx: Transaction, interaction: str, verdict: CallerVerdict, *, at: datetime
) -> bool:
    """Keep what a caller's signed identity was worth; false where it was kept before."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO trust_caller_identity
            (interaction, verdict, reasons, origin, attest, name, reason, signer, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (interaction) DO NOTHING
        """,
        (
            interaction,
            verdict.verdict,
            Jsonb(list(verdict.reasons)),
            verdict.origin,
            verdict.attest,
            verdict.name,
            verdict.reason,
            verdict.signer,
            at,
        ),
    )
    return cursor.rowcount == 1


async def caller_verdict(tx: Transaction, interaction: str) -> CallerVerdict | None:
    """Return what was kept of a caller's signed identity."""
    cursor = await tx.connection.execute(
        """
        SELECT verdict, reasons, origin, attest, name, reason, signer
        FROM trust_caller_identity WHERE interaction = %s
        """,
        (interaction,),
    )
    row = await cursor.fetchone()
    return CallerVerdict(row[0], tuple(row[1]), *row[2:]) if row else None


def _proof(row: TupleRow) -> Proof:
    staff = StaffShown(row[7], row[8]) if row[7] is not None else None
    first, second, third = row[9]
    return Proof(
        id=ProofId(row[0]),
        key=row[1],
        channel=row[2],
        to=row[3],
        holder=row[4],
        purpose=row[5],
        shown=row[6],
        staff=staff,
        code=(first, second, third),
        at=row[10],
        text=row[11],
        solicited=row[12],
        answered_at=row[13],
        ended_at=row[14],
    )
