"""What every step in the life of a complaint does: check, write, journal, reckon anew, tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.cards.model import Holder
from cardline.cards.serving import free_text
from cardline.complaints import due_store, store, timeline_store
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import Complaint, ComplaintId, Mark
from cardline.complaints.rules.clocks import clocks, warn_at
from cardline.core import live
from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.masking import SecretKind
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks as desk_tasks
from cardline.evidence.actions import journal

__all__ = ["Stepped", "Working", "free_text", "locked", "reckon", "step", "stream_of"]

MATTER = "complaint"
"""The queue of the desk in which tasks of complaints lie that are nobody's yet."""
_HEARS = live.to_roles("agent", "lead", "compliance")


@dataclass(frozen=True, slots=True)
class Working:
    """Somebody of the staff who works on complaints."""

    staff: Staff
    config: ComplaintConfig
    at: datetime

    @property
    def number(self) -> str:
        """The staff number."""
        return self.staff.number

    @property
    def actor(self) -> Actor:
        """How the journal names them."""
        return self.staff.actor


@dataclass(frozen=True, slots=True)
class Stepped:
    """What became of a step. Refused, nothing has changed but the journal."""

    verdict: Verdict
    complaint: Complaint
    masked: tuple[SecretKind, ...] = ()
    """Kinds of secrets that were taken out of the words."""
    made: str | None = None
    """Id of what the step has brought into being: a notice, a task, an extension."""


def stream_of(case: ComplaintId) -> str:
    """Return the journal stream of a complaint."""
    return f"complaint:{case}"


async def locked(tx: Transaction, case: ComplaintId) -> Complaint:
    """Return a complaint that nobody else changes until the end. Raises ``NotFound``."""
    found = await store.by_id(tx, case, lock=True)
    if found is None:
        raise NotFound("there is no such complaint")
    return found


async def step(
    tx: Transaction,
    before: Complaint,
    after: Complaint,
    *,
    kind: str,
    verdict: Verdict,
    body: JsonObject,
    by: Actor,
    config: ComplaintConfig,
    at: datetime,
    marks: Mapping[Mark, datetime] | None = None,
    masked: Sequence[SecretKind] = (),
    made: str | None = None,
    forget_likeness: bool = False,
) -> Stepped:
    """Write a step where it may be, and journal it either way.

    Whatever else the step writes about the timeline is written before this is called.
    """
    if not verdict.allowed:
        await journal(
            tx,
            stream=stream_of(before.id),
            kind="complaint.step-refused",
            by=by,
            body={"step": kind, **_plain(body)},
            at=at,
            verdict=verdict,
        )
        return Stepped(verdict, before, tuple(masked))
    await store.save(tx, after, forget_likeness=forget_likeness)
    for mark, when in (marks or {}).items():
        await timeline_store.set_mark(tx, after, mark, when)
    current = await store.by_id(tx, before.id)
    assert current is not None
    due = await reckon(tx, current, config=config, at=at)
    await journal(
        tx,
        stream=stream_of(before.id),
        kind=kind,
        by=by,
        body={"state": current.state, **_plain(body), **due},
        at=at,
        verdict=verdict,
    )
    announce(tx, current)
    return Stepped(verdict, current, tuple(masked), made)


def _plain(body: JsonObject) -> JsonObject:
    return {key: value for key, value in body.items() if value not in (None, "", [], ())}


async def reckon(
    tx: Transaction, case: Complaint, *, config: ComplaintConfig, at: datetime
) -> JsonObject:
    """Reckon all clocks of a complaint and write what is due; return the next, for the journal.

    Tasks of the desk that warned of what is done by now are done too.
    """
    found = clocks(case, config.policy, config.calendar, now=at)
    prefix = f"{case.id}/{case.run}/"
    rows = [
        Due(
            id=f"{prefix}{clock.key}",
            kind="clock",
            about=case.id,
            what=clock.task.value,
            began_at=clock.begins_at,
            due_at=clock.due_at,
            last_day=clock.last_day,
            next_at=warn_at(clock, config.policy)
            if clock.whose == "bank" and clock.met_at is None and not clock.stopped
            else None,
            known=clock.known,
            stopped=clock.stopped,
            met_at=clock.met_at,
        )
        for clock in found
    ]
    gone = await due_store.drop_others(tx, case.id, prefix=prefix, keep=[row.id for row in rows])
    await due_store.put(tx, rows)
    done = [row.id for row in rows if row.met_at is not None]
    await settle_tasks(tx, [*done, *gone], at=at)
    waiting = [row for row in rows if row.next_at is not None]
    return {"next": waiting[0].what, "due_at": waiting[0].due_at.isoformat()} if waiting else {}


async def settle_tasks(tx: Transaction, due_ids: Sequence[str], *, at: datetime) -> None:
    """Finish the tasks of the desk that warned of something due which is done now."""
    sources = [f"complaint:{due}:{word}" for due in due_ids for word in ("soon", "late")]
    if sources:
        await desk_tasks.settle_sources(tx, sources, at=at)


def announce(tx: Transaction, case: Complaint) -> None:
    """Tell open screens, as an event ``case``; who needs more reads it."""
    data: JsonObject = {
        "what": "complaint",
        "state": case.state,
        "holder": case.complainant.holder_id,
    }
    live.tell(tx, kind="case", id=case.id, to=_HEARS, data=data)


async def holder_of(tx: Transaction, case: Complaint, config: ComplaintConfig) -> Holder | None:
    """Return the holder who complains, as the bank knows them now."""
    holder = case.complainant.holder_id
    return await config.bank.holder(tx, holder_id=holder) if holder else None
