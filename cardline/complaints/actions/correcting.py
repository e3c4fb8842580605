"""Corrective actions: what is done so that a cause of complaints goes away (row C5)."""

from datetime import date, datetime, time, timedelta

from cardline.complaints import cause_store as store
from cardline.complaints import due_store
from cardline.complaints.actions.stepping import Working, free_text, settle_tasks
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import Corrective
from cardline.complaints.rules.counting import day_at
from cardline.complaints.rules.effects import Effect, effect_of
from cardline.core.calendar import end_of
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.evidence.actions import journal

LEAST_WHAT = 2


async def open_corrective(
    tx: Transaction, work: Working, *, cause: str, what: str, owner: str, due_on: date
) -> Corrective:
    """Decide what is done about a cause, by whom and by when. Journals ``corrective.opened``.

    Raises ``Invalid`` for a cause that the catalogue lacks or a day that has passed, ``NotFound``
    for nobody.
    """
    if cause not in work.config.causes.codes:
        raise Invalid(f"the catalogue has no cause {cause!r}")
    zone = work.config.policy.zone
    if due_on < day_at(work.at, zone):
        raise Invalid("a corrective action is due on a day to come")
    answers = await desk_staff.find(tx, owner)
    masked = free_text(what, least=LEAST_WHAT, what="write what is done about it")
    made = Corrective(
        new_id("co"), cause, masked.text, answers.number, due_on, work.number, work.at
    )
    await store.add(tx, made)
    due_at = end_of(due_on, zone)
    warn = max(due_at - work.config.policy.warn, work.at + (due_at - work.at) / 2)
    due = Due(f"corrective/{made.id}", "corrective", made.id, cause, work.at, due_at, due_on, warn)
    await due_store.put(tx, [due])
    body: JsonObject = {"cause": cause, "text": made.what, "owner": made.owner}
    body["due_on"] = due_on.isoformat()
    await journal(
        tx,
        stream=f"corrective:{made.id}",
        kind="corrective.opened",
        by=work.actor,
        body=body,
        at=work.at,
        begins=True,
    )
    return made


async def finish_corrective(
    tx: Transaction, work: Working, corrective: str, *, result: str
) -> Corrective:
    """Write that it is done; from this day on its effect is measured.

    Journals ``corrective.done``. Raises ``NotFound``, ``Conflict`` where it is done.
    """
    known = await store.corrective(tx, corrective, lock=True)
    if known is None:
        raise NotFound("there is no such corrective action")
    if known.done_on is not None:
        raise Conflict("this corrective action is done")
    masked = free_text(result, least=LEAST_WHAT, what="write what was done")
    done_on = day_at(work.at, work.config.policy.zone)
    await store.finish(tx, corrective, result=masked.text, done_on=done_on)
    await due_store.settle(tx, f"corrective/{corrective}", at=work.at)
    await settle_tasks(tx, [f"corrective/{corrective}"], at=work.at)
    body: JsonObject = {"text": masked.text, "done_on": done_on.isoformat()}
    await journal(
        tx,
        stream=f"corrective:{corrective}",
        kind="corrective.done",
        by=work.actor,
        body=body,
        at=work.at,
    )
    found = await store.corrective(tx, corrective)
    assert found is not None
    return found


async def correctives(
    tx: Transaction, *, config: ComplaintConfig, at: datetime
) -> list[tuple[Corrective, Effect | None]]:
    """Return all corrective actions, the newest first, with the effect of those that are done."""
    today = day_at(at, config.policy.zone)
    weeks = config.policy.effect_weeks
    found: list[tuple[Corrective, Effect | None]] = []
    for one in await store.correctives(tx):
        effect = None
        if one.done_on is not None:
            span = timedelta(weeks=weeks)
            days = await store.days_of_cause(
                tx,
                one.cause,
                since=_start(one.done_on - span, config),
                until=_start(min(one.done_on + span, today), config),
                zone=config.policy.zone.key,
            )
            effect = effect_of(days, done_on=one.done_on, today=today, weeks=weeks)
        found.append((one, effect))
    return found


async def journal_export(
    tx: Transaction, work: Working, *, year: int, rows: int, form: str
) -> None:
    """Write who took the regulator's export, of which year. Journals ``complaint.exported``."""
    body: JsonObject = {"year": year, "rows": rows, "form": form}
    await journal(
        tx,
        stream="complaints",
        kind="complaint.exported",
        by=work.actor,
        body=body,
        at=work.at,
    )


def _start(day: date, config: ComplaintConfig) -> datetime:
    return datetime.combine(day, time(0), config.policy.zone)
