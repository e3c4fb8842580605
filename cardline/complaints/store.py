"""SQL of complaints and of what their clocks need to know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class _Column:
    """A column, what it holds of a complaint, and whether the life of a complaint changes it."""

    name: str
    of: Callable[[Complaint], object]
    changes: bool = False


_COLUMNS = (
    _Column("id", lambda case: case.id),
    _Column("key", lambda case: case.key),
    _Column("door", lambda case: case.door.value),
    _Column("holder_id", lambda case: case.complainant.holder_id),
    _Column("name", lambda case: case.complainant.name),
    _Column("identity_tail", lambda case: case.complainant.identity_tail),
    _Column("reach", lambda case: Jsonb(_reach_json(case.complainant.reach))),
    _Column("statement", lambda case: case.statement),
    _Column("demand", lambda case: case.demand),
    _Column("subjects", lambda case: list(case.subjects), changes=True),
    _Column("persons", lambda case: list(case.persons), changes=True),
    _Column("files", lambda case: list(case.files), changes=True),
    _Column("interaction", lambda case: case.interaction),
    _Column("account_id", lambda case: case.account_id),
    _Column("statement_day", lambda case: case.statement_day),
    _Column("language", lambda case: case.language),
    _Column("zone", lambda case: case.zone),
    _Column("proxy", lambda case: _proxy_json(case.proxy), changes=True),
    _Column("joint", lambda case: _joint_json(case.joint)),
    _Column("taken_by", lambda case: case.taken_by),
    _Column("recorded_at", lambda case: case.recorded_at),
    _Column("received_at", lambda case: case.timeline.received_at, changes=True),
    _Column("state", lambda case: case.state.value, changes=True),
    _Column("handler", lambda case: case.handler, changes=True),
    _Column("first_handler", lambda case: case.first_handler, changes=True),
    _Column("first_approver", lambda case: case.first_approver, changes=True),
    _Column("interested", lambda case: list(case.interested), changes=True),
    _Column("round", lambda case: case.round, changes=True),
    _Column("run", lambda case: case.run, changes=True),
    _Column("product", lambda case: case.product, changes=True),
    _Column("issue", lambda case: case.issue, changes=True),
    _Column("severity", lambda case: case.severity, changes=True),
    _Column("causes", lambda case: list(case.causes), changes=True),
    _Column("refusal", lambda case: case.refusal, changes=True),
    _Column("joined_to", lambda case: case.joined_to, changes=True),
    _Column("satisfied", lambda case: case.satisfied, changes=True),
    _Column("closed_at", lambda case: case.closed_at, changes=True),
    _Column("version", lambda case: case.version),
)
_CHANGING = tuple(column for column in _COLUMNS if column.changes)
_COMPLAINT = ", ".join(column.name for column in _COLUMNS)
_CHANGES = ", ".join(f"{column.name} = %s" for column in _CHANGING)
_OPEN = ("received", "accepted", "awaiting", "decided")
_EXTENSION = """
    id, grade, ground, why, asked_by, asked_at, approved_by, approved_at, turned_down_at, told_at
"""


async def insert(tx: Transaction, case: Complaint, *, likeness: str | None) -> bool:
    """Add a complaint with its arrivals and marks; false where its key or its like is there."""
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO complaint ({_COMPLAINT}, anonymous, likeness)
        VALUES ({", ".join(["%s"] * len(_COLUMNS))}, %s, %s) ON CONFLICT DO NOTHING
        """,  # noqa: S608 - constants only
        (*(column.of(case) for column in _COLUMNS), case.anonymous, likeness),
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
        f"""
        UPDATE complaint
        SET {_CHANGES}, likeness = CASE WHEN %s THEN NULL ELSE likeness END, version = version + 1
        WHERE id = %s
        """,  # noqa: S608 - constants only
        (*(column.of(case) for column in _CHANGING), forget_likeness, case.id),
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


def _case(row: Sequence[Any]) -> Complaint:
    of = {column.name: value for column, value in zip(_COLUMNS, row, strict=True)}
    door = Door(of["door"])
    return Complaint(
        id=ComplaintId(of["id"]),
        key=of["key"],
        door=door,
        complainant=Complainant(
            HolderId(of["holder_id"]) if of["holder_id"] else None,
            of["name"],
            of["identity_tail"],
            Reach(**of["reach"]),
        ),
        statement=of["statement"],
        demand=of["demand"],
        subjects=tuple(of["subjects"]),
        persons=tuple(of["persons"]),
        files=tuple(of["files"]),
        interaction=of["interaction"],
        account_id=of["account_id"],
        statement_day=of["statement_day"],
        language=of["language"],
        zone=of["zone"],
        proxy=_proxy(of["proxy"]),
        joint=_joint(of["joint"]),
        taken_by=of["taken_by"],
        recorded_at=of["recorded_at"],
        timeline=Timeline((Arrival(door, of["received_at"]),)),
        state=State(of["state"]),
        handler=of["handler"],
        first_handler=of["first_handler"],
        first_approver=of["first_approver"],
        interested=tuple(of["interested"]),
        round=of["round"],
        run=of["run"],
        product=of["product"],
        issue=of["issue"],
        severity=of["severity"],
        causes=tuple(of["causes"]),
        refusal=of["refusal"],
        joined_to=ComplaintId(of["joined_to"]) if of["joined_to"] else None,
        satisfied=of["satisfied"],
        closed_at=of["closed_at"],
        version=of["version"],
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
            "principal": proxy.principal,
            "until": proxy.until.isoformat() if proxy.until else None,
            "checked_by": proxy.checked_by,
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
        raw["principal"],
        date.fromisoformat(raw["until"]) if raw["until"] else None,
        raw["checked_by"],
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
