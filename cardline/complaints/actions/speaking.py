"""Whoever speaks for somebody else shows that they may (CMP 14)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from cardline.complaints import due_store
from cardline.complaints.actions.stepping import MATTER, Stepped, locked, step
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import Complaint, ComplaintId, Proxy, Reach
from cardline.complaints.rules.speaking import may_hear, may_show, proxy_lacks
from cardline.complaints.words import line
from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.desk.work import tasks as desk_tasks
from cardline.evidence.actions import journal


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows: files, for whom and until when (``None``: it names no end)."""

    authority_files: Sequence[str] = ()
    identity_files: Sequence[str] = ()
    reach: Reach = field(default_factory=Reach)
    principal: str = ""
    until: date | None = None


async def show_authority(
    tx: Transaction,
    case_id: ComplaintId,
    shown: Shown,
    *,
    checked: bool,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """Whoever speaks for the complainant shows that they may.

    ``checked``: somebody of the bank has looked at it and says so; what comes by a door is looked
    at first, and a task says that it came. What was shown before stays, and what was checked and
    holds is not changed by a door. Journals ``complaint.authority-shown`` and, with every reason,
    ``complaint.proxy-judged``. Raises ``Invalid`` where nobody speaks for the complainant.
    """
    case = await locked(tx, case_id)
    if case.proxy is None:
        raise Invalid("the complainant speaks for themselves")
    proxy = _with(case.proxy, shown, checked=checked, by=by)
    if not checked and not proxy_lacks(case, now=at):
        proxy = replace(
            case.proxy,
            authority_files=proxy.authority_files,
            identity_files=proxy.identity_files,
        )
    files = (*shown.authority_files, *shown.identity_files)
    after = replace(case, proxy=proxy, files=tuple(dict.fromkeys((*case.files, *files))))
    body: JsonObject = {
        "authority_files": list(shown.authority_files),
        "identity_files": list(shown.identity_files),
        "principal": shown.principal,
        "until": shown.until.isoformat() if shown.until else None,
        "checked": checked,
        "lacks": list(proxy_lacks(after, now=at)),
    }
    stepped = await step(
        tx, case, after, kind="complaint.authority-shown", verdict=may_show(case, config.policy),
        body=body, by=by, config=config, at=at,
    )  # fmt: skip
    if not stepped.verdict.allowed:
        return stepped
    await journal(
        tx,
        stream=f"complaint:{case.id}",
        kind="complaint.proxy-judged",
        by=by,
        body={"proxy": True},
        at=at,
        verdict=may_hear(stepped.complaint, config.policy, now=at),
    )
    if not checked:
        await _to_check(tx, stepped.complaint, by=by, at=at)
    return stepped


def _with(proxy: Proxy, shown: Shown, *, checked: bool, by: Actor) -> Proxy:
    return replace(
        proxy,
        authority_files=tuple(dict.fromkeys((*proxy.authority_files, *shown.authority_files))),
        identity_files=tuple(dict.fromkeys((*proxy.identity_files, *shown.identity_files))),
        reach=shown.reach if shown.reach.any else proxy.reach,
        principal=shown.principal or proxy.principal,
        until=shown.until if shown.until or checked else proxy.until,
        checked_by=str(by) if checked else "",
    )


async def _to_check(tx: Transaction, case: Complaint, *, by: Actor, at: datetime) -> None:
    """Put what came before whoever handles it; it is wanted by the next thing that is due."""
    agent = None
    if case.handler is not None:
        agent = (await desk_staff.find(tx, case.handler)).agent_id
    waiting = [one.due_at for one in await due_store.of(tx, [case.id]) if one.next_at is not None]
    await desk_tasks.open_task(
        tx,
        source=f"complaint:{case.id}:authority:{len(case.files)}",
        kind="other",
        what=line("authority", case=case.id),
        due_at=max(at, min(waiting, default=at)),
        by=by,
        at=at,
        interaction=case.interaction,
        agent=agent,
        matter=MATTER if agent is None else None,
    )
