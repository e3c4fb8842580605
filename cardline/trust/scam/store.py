"""SQL of reports, of what they let everybody be warned of, and of warnings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.transaction import Transaction
from cardline.core.verdict import RuleVersion
from cardline.trust.scam.model import (
    Finding,
    Indicator,
    Judged,
    Judgement,
    KnownScam,
    Message,
    Report,
    ReportState,
    ScamWarning,
    Told,
)

_REPORT = """id, key, holder, interaction, kind, sender, text, secrets_told, paid, frozen, verdict,
    score, reasons, rule, opened_by, opened_at, due_at, state, reviewed_by, reviewed_at, findings"""
_INDICATOR = "id, report, kind, value, known_from, known_until"
_WARNING = """id, interaction, holder, reasons, words, goes_on, card, cools_until, author, at, told,
    kind, sender, message, verdict, score"""


async def add_report(tx: Transaction, report: Report) -> bool:
    """Add a report; False where its key is known."""
    told, judged = report.told, report.judgement
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO scam_report ({_REPORT})
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (key) DO NOTHING
        """,  # noqa: S608 - constants only
        (
            *(report.id, report.key, report.holder, report.interaction),
            *(told.message.kind, told.message.sender, told.message.text),
            *(told.secrets_told, told.paid, list(report.frozen)),
            *(judged.verdict, judged.score, list(judged.codes), judged.rule),
            *(report.opened_by, report.opened_at, report.due_at, report.state.value),
            *(report.reviewed_by, report.reviewed_at, report.findings),
        ),
    )
    return cursor.rowcount == 1


async def report(
    tx: Transaction, *, report_id: str | None = None, key: str | None = None, lock: bool = False
) -> Report | None:
    """Return a report by its id or its key."""
    tail = "FOR UPDATE" if lock else ""
    cursor = await tx.connection.execute(
        f"SELECT {_REPORT} FROM scam_report WHERE id = %s OR key = %s {tail}",  # noqa: S608 - constants only
        (report_id, key),
    )
    row = await cursor.fetchone()
    return _report(row) if row else None


async def reports(
    tx: Transaction, *, state: ReportState | None, holder: str | None, limit: int
) -> list[Report]:
    """Return reports: open ones by due time, others newest first."""
    order = "due_at, id" if state is ReportState.OPEN else "opened_at DESC, id DESC"
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REPORT} FROM scam_report
        WHERE (%s::text IS NULL OR state = %s) AND (%s::text IS NULL OR holder = %s)
        ORDER BY {order} LIMIT %s
        """,  # noqa: S608 - constants only
        (state, state, holder, holder, limit),
    )
    return [_report(row) for row in await cursor.fetchall()]


async def reports_since(tx: Transaction, *, holder: str, since: datetime) -> int:
    """Return how many reports of a holder came since a time."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM scam_report WHERE holder = %s AND opened_at >= %s", (holder, since)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def lock_holder(tx: Transaction, holder: str) -> None:
    """Let nobody else add a report of this holder until the end."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('scam ' || %s, 0))", (holder,)
    )


async def add_frozen(tx: Transaction, report_id: str, card: str) -> None:
    """Write that a card is frozen or held because of a report; once."""
    await tx.connection.execute(
        """
        UPDATE scam_report SET frozen = array_append(frozen, %(card)s)
        WHERE id = %(id)s AND NOT %(card)s = ANY(frozen)
        """,
        {"id": report_id, "card": card},
    )


async def close_report(
    tx: Transaction,
    report_id: str,
    *,
    state: ReportState,
    by: str,
    findings: str,
    at: datetime,
) -> None:
    """Write what came of a report."""
    await tx.connection.execute(
        """
        UPDATE scam_report SET state = %s, reviewed_by = %s, reviewed_at = %s, findings = %s
        WHERE id = %s
        """,
        (state.value, by, at, findings, report_id),
    )


async def add_indicators(tx: Transaction, indicators: Sequence[Indicator]) -> None:
    """Add what a report names; nothing of it counts yet."""
    for one in indicators:
        await tx.connection.execute(
            f"INSERT INTO scam_indicator ({_INDICATOR}) VALUES (%s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants only
            (one.id, one.report, one.kind, one.value, one.known_from, one.known_until),
        )


async def indicators_of(tx: Transaction, report_ids: Sequence[str]) -> list[Indicator]:
    """Return what these reports name."""
    cursor = await tx.connection.execute(
        f"SELECT {_INDICATOR} FROM scam_indicator WHERE report = ANY(%s) ORDER BY kind, value, id",  # noqa: S608 - constants only
        (list(report_ids),),
    )
    return [Indicator(*row) for row in await cursor.fetchall()]


async def indicator(tx: Transaction, indicator_id: str) -> Indicator | None:
    """Return one, locked."""
    cursor = await tx.connection.execute(
        f"SELECT {_INDICATOR} FROM scam_indicator WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (indicator_id,),
    )
    row = await cursor.fetchone()
    return Indicator(*row) if row else None


async def set_known(
    tx: Transaction, indicator_ids: Sequence[str], *, since: datetime, until: datetime
) -> None:
    """Let indicators count for a time, or end that: ``until`` may be the present."""
    await tx.connection.execute(
        """
        UPDATE scam_indicator SET known_from = coalesce(known_from, %s), known_until = %s
        WHERE id = ANY(%s)
        """,
        (since, until, list(indicator_ids)),
    )


async def known_scams(tx: Transaction, *, at: datetime) -> list[KnownScam]:
    """Return what counts as a known scam at a time."""
    cursor = await tx.connection.execute(
        """
        SELECT kind, value, max(known_until) FROM scam_indicator
        WHERE known_from <= %s AND known_until > %s GROUP BY kind, value ORDER BY kind, value
        """,
        (at, at),
    )
    return [KnownScam(*row) for row in await cursor.fetchall()]


async def add_warning(tx: Transaction, warning: ScamWarning) -> None:
    """Add a warning."""
    judged = warning.judged
    message = judged.message if judged else None
    await tx.connection.execute(
        f"""
        INSERT INTO scam_warning ({_WARNING})
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,  # noqa: S608 - constants only
        (
            *(warning.id, warning.interaction, warning.holder, list(warning.reasons)),
            *(warning.words, warning.goes_on, warning.card, warning.cools_until),
            *(warning.author, warning.at, list(warning.told)),
            message.kind if message else None,
            message.sender if message else "",
            message.text if message else "",
            judged.verdict if judged else None,
            judged.score if judged else None,
        ),
    )


async def warnings_of(tx: Transaction, holder: str, *, limit: int) -> list[ScamWarning]:
    """Return the warnings given to a holder, newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_WARNING} FROM scam_warning WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s",  # noqa: S608 - constants only
        (holder, limit),
    )
    return [_warning(row) for row in await cursor.fetchall()]


def _warning(row: Sequence[Any]) -> ScamWarning:
    kind, sender, message, verdict, score = row[11:]
    judged = Judged(Message(message, sender, kind), verdict, score) if kind else None
    return ScamWarning(
        *(row[0], row[1], row[2], tuple(row[3]), row[4], row[5], row[6], row[7], row[8], row[9]),
        *(tuple(row[10]), judged),
    )


def _report(row: Sequence[Any]) -> Report:
    reasons = tuple(Finding(code) for code in row[12])
    return Report(
        id=row[0],
        key=row[1],
        holder=row[2],
        interaction=row[3],
        told=Told(Message(row[6], row[5], row[4]), row[1], row[7], row[8]),
        frozen=tuple(row[9]),
        judgement=Judgement(row[10], row[11], reasons, RuleVersion(row[13])),
        opened_by=row[14],
        opened_at=row[15],
        due_at=row[16],
        state=ReportState(row[17]),
        reviewed_by=row[18],
        reviewed_at=row[19],
        findings=row[20],
    )
