"""SQL of complaints and of what their clocks need to know."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.complaints import timeline_store
from cardline.complaints.model import (
    Arrival,
    Complainant,
    Complaint,
    ComplaintId,
    Door,
    Extension,
    Grade,
    Joint,
    Mark,
    Pause,
    PauseGround,
    Proxy,
    Reach,
    State,
    Timeline,
)
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction

_COMPLAINT = """
    id, key, door, holder_id, name, identity_tail, reach, statement, demand, subjects, persons,
    files, interaction, account_id, statement_day, language, zone, proxy, joint, taken_by,
    recorded_at, received_at, state, handler, first_handler, interested, round, run, product,
    issue, severity, causes, refusal, joined_to, satisfied, closed_at, version
"""
_OPEN = ("received", "accepted", "awaiting", "decided")
_EXTENSION = """
    id, grade, ground, why, asked_by, asked_at, approved_by, approved_at, turned_down_at, told_at
"""


async def insert(tx: Transaction, case: Complaint, *, likeness: str | None) -> bool:
    """Add a complaint with its arrivals and marks; false where its key or its like is there."""
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO complaint ({_COMPLAINT}, anonymous, likeness)
        VALUES ({", ".join(["%s"] * 39)}) ON CONFLICT DO NOTHING
        """,  # noqa: S608 - constants only
        (*_row(case), case.complainant.anonymous, likeness),
    )
    if cursor.rowcount != 1:
        return False
    for arrival in case.timeline.arrivals:
        await timeline_store.add_arrival(tx, case, arrival)
    for mark, at in case.timeline.marks.items():
        await timeline_store.set_mark(tx, case, mark, at)
    return True


async def by_id(tx: Transaction, case: ComplaintId, *, lock: bool = False) -> Complaint | None:
    """Return a complaint; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_COMPLAINT} FROM complaint WHERE id = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (case,),
    )
    found = await _whole(tx, await cursor.fetchall())
    return found[0] if found else None


async def by_ids(tx: Transaction, cases: Sequence[str]) -> dict[str, Complaint]:
    """Return several complaints by their ids."""
    cursor = await tx.connection.execute(
        f"SELECT {_COMPLAINT} FROM complaint WHERE id = ANY(%s)",  # noqa: S608 - constants only
        (list(cases),),
    )
    return {case.id: case for case in await _whole(tx, await cursor.fetchall())}


async def same(tx: Transaction, *, key: str, likeness: str | None) -> Complaint | None:
    """Return, locked, the complaint with this key, else the open one with these words."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_COMPLAINT} FROM complaint
        WHERE key = %(key)s OR (likeness = %(likeness)s AND state = ANY(%(open)s))
        ORDER BY key <> %(key)s LIMIT 1 FOR UPDATE
        """,  # noqa: S608 - constants only
        {"key": key, "likeness": likeness, "open": list(_OPEN)},
    )
    found = await _whole(tx, await cursor.fetchall())
    return found[0] if found else None


async def of_holder(tx: Transaction, holder: HolderId, *, limit: int) -> list[Complaint]:
    """Return the complaints of a holder, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_COMPLAINT} FROM complaint WHERE holder_id = %s
        ORDER BY received_at DESC, id LIMIT %s
        """,  # noqa: S608 - constants only
        (holder, limit),
    )
    return await _whole(tx, await cursor.fetchall())


async def listed(
    tx: Transaction,
    *,
    states: Sequence[str] | None,
    handler: str | None,
    taken_by: str | None,
    door: str | None,
    subject: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Complaint]:
    """Return complaints by what is asked for, oldest first; ``None`` asks for nothing.

    ``handler`` ``''``: those that nobody handles.
    """
    at, last = after or (None, None)
    cursor = await tx.connection.execute(
        f"""
        SELECT {_COMPLAINT} FROM complaint
        WHERE (%(states)s::text[] IS NULL OR state = ANY(%(states)s))
          AND (%(handler)s::text IS NULL OR coalesce(handler, '') = %(handler)s)
          AND (%(taken)s::text IS NULL OR taken_by = %(taken)s)
          AND (%(door)s::text IS NULL OR door = %(door)s)
          AND (%(subject)s::text IS NULL OR %(subject)s = ANY(subjects))
          AND (%(at)s::timestamptz IS NULL OR (received_at, id) > (%(at)s, %(last)s))
        ORDER BY received_at, id LIMIT %(limit)s
        """,  # noqa: S608 - constants only
        {
            "states": list(states) if states is not None else None,
            "handler": handler,
            "taken": taken_by,
            "door": door,
            "subject": subject,
            "at": at,
            "last": last,
            "limit": limit,
        },
    )
    return await _whole(tx, await cursor.fetchall())


async def joined_to(tx: Transaction, case: ComplaintId) -> list[Complaint]:
    """Return those that go on in this one, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_COMPLAINT} FROM complaint WHERE joined_to = %s ORDER BY received_at, id",  # noqa: S608 - constants only
        (case,),
    )
    return await _whole(tx, await cursor.fetchall())


async def handlers(
    tx: Transaction, cases: Sequence[str]
) -> dict[str, tuple[str | None, HolderId | None]]:
    """Return who handles complaints, and whose they are."""
    cursor = await tx.connection.execute(
        "SELECT id, handler, holder_id FROM complaint WHERE id = ANY(%s)", (list(cases),)
    )
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}


async def save(tx: Transaction, case: Complaint, *, forget_likeness: bool = False) -> None:
    """Write all that changes in the life of a complaint; ``version`` counts up by itself."""
    await tx.connection.execute(
        """
        UPDATE complaint
        SET subjects = %s, persons = %s, files = %s, received_at = %s, state = %s, handler = %s,
            first_handler = %s, interested = %s, round = %s, run = %s, product = %s, issue = %s,
            severity = %s, causes = %s, refusal = %s, joined_to = %s, satisfied = %s,
            closed_at = %s, proxy = %s, likeness = CASE WHEN %s THEN NULL ELSE likeness END,
            version = version + 1
        WHERE id = %s
        """,
        (
            list(case.subjects),
            list(case.persons),
            list(case.files),
            case.timeline.received_at,
            case.state.value,
            case.handler,
            case.first_handler,
            list(case.interested),
            case.round,
            case.run,
            case.product,
            case.issue,
            case.severity,
            list(case.causes),
            case.refusal,
            case.joined_to,
            case.satisfied,
            case.closed_at,
            _proxy_json(case.proxy),
            forget_likeness,
            case.id,
        ),
    )


async def _whole(tx: Transaction, rows: Sequence[Sequence[Any]]) -> list[Complaint]:
    """Make complaints of rows, with what has happened to them in their present run."""
    if not rows:
        return []
    cases = [_case(row) for row in rows]
    ids = [case.id for case in cases]
    arrivals = await _of(tx, "complaint_arrival", "door, at, reference", ids)
    marks = await _of(tx, "complaint_mark", "mark, at", ids)
    pauses = await _of(tx, "complaint_pause", "ground, since, until, why", ids)
    news = await _of(tx, "complaint_fact", "at, restarts", ids)
    extensions = await _of(tx, "complaint_extension", _EXTENSION, ids)
    return [
        replace(
            case,
            timeline=Timeline(
                arrivals=tuple(
                    sorted(
                        (
                            Arrival(Door(row[0]), row[1], row[2])
                            for row in arrivals.get((case.id, case.run), ())
                        ),
                        key=lambda one: (one.at, one.door.value),
                    )
                ),
                marks={Mark(row[0]): row[1] for row in marks.get((case.id, case.run), ())},
                pauses=tuple(
                    Pause(PauseGround(row[0]), *row[1:])
                    for row in pauses.get((case.id, case.run), ())
                ),
                new_facts=tuple(row[0] for row in news.get((case.id, case.run), ()) if row[1]),
                extensions=tuple(
                    Extension(row[0], Grade(row[1]), *row[2:])
                    for row in extensions.get((case.id, case.run), ())
                ),
            ),
        )
        for case in cases
    ]


async def _of(
    tx: Transaction, table: str, columns: str, ids: Sequence[str]
) -> dict[tuple[str, int], list[Any]]:
    cursor = await tx.connection.execute(
        f"SELECT complaint, run, {columns} FROM {table} WHERE complaint = ANY(%s)",  # noqa: S608 - constants only
        (list(ids),),
    )
    found: dict[tuple[str, int], list[Any]] = {}
    for row in await cursor.fetchall():
        found.setdefault((row[0], row[1]), []).append(row[2:])
    return found


def _row(case: Complaint) -> tuple[Any, ...]:
    who = case.complainant
    return (
        case.id,
        case.key,
        case.door.value,
        who.holder_id,
        who.name,
        who.identity_tail,
        Jsonb(_reach_json(who.reach)),
        case.statement,
        case.demand,
        list(case.subjects),
        list(case.persons),
        list(case.files),
        case.interaction,
        case.account_id,
        case.statement_day,
        case.language,
        case.zone,
        _proxy_json(case.proxy),
        _joint_json(case.joint),
        case.taken_by,
        case.recorded_at,
        case.timeline.received_at,
        case.state.value,
        case.handler,
        case.first_handler,
        list(case.interested),
        case.round,
        case.run,
        case.product,
        case.issue,
        case.severity,
        list(case.causes),
        case.refusal,
        case.joined_to,
        case.satisfied,
        case.closed_at,
        case.version,
    )


def _case(row: Sequence[Any]) -> Complaint:
    return Complaint(
        id=ComplaintId(row[0]),
        key=row[1],
        door=Door(row[2]),
        complainant=Complainant(
            HolderId(row[3]) if row[3] else None, row[4], row[5], Reach(**row[6])
        ),
        statement=row[7],
        demand=row[8],
        subjects=tuple(row[9]),
        persons=tuple(row[10]),
        files=tuple(row[11]),
        interaction=row[12],
        account_id=row[13],
        statement_day=row[14],
        language=row[15],
        zone=row[16],
        proxy=_proxy(row[17]),
        joint=_joint(row[18]),
        taken_by=row[19],
        recorded_at=row[20],
        timeline=Timeline((Arrival(Door(row[2]), row[21]),)),
        state=State(row[22]),
        handler=row[23],
        first_handler=row[24],
        interested=tuple(row[25]),
        round=row[26],
        run=row[27],
        product=row[28],
        issue=row[29],
        severity=row[30],
        causes=tuple(row[31]),
        refusal=row[32],
        joined_to=ComplaintId(row[33]) if row[33] else None,
        satisfied=row[34],
        closed_at=row[35],
        version=row[36],
    )


def _reach_json(reach: Reach) -> JsonObject:
    return {"phone": reach.phone, "email": reach.email, "address": reach.address}


def _proxy_json(proxy: Proxy | None) -> Jsonb | None:
    if proxy is None:
        return None
    return Jsonb(
        {
            "name": proxy.name,
            "reach": _reach_json(proxy.reach),
            "authority_files": list(proxy.authority_files),
            "identity_files": list(proxy.identity_files),
            "heir": proxy.heir,
        }
    )


def _proxy(raw: JsonObject | None) -> Proxy | None:
    if raw is None:
        return None
    return Proxy(
        raw["name"],
        Reach(**raw["reach"]),
        tuple(raw["authority_files"]),
        tuple(raw["identity_files"]),
        raw["heir"],
    )


def _joint_json(joint: Joint | None) -> Jsonb | None:
    if joint is None:
        return None
    return Jsonb(
        {
            "people": joint.people,
            "representatives": list(joint.representatives),
            "in_person": joint.in_person,
        }
    )


def _joint(raw: JsonObject | None) -> Joint | None:
    if raw is None:
        return None
    return Joint(raw["people"], tuple(raw["representatives"]), raw["in_person"])
