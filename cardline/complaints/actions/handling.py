"""Who handles a complaint, whether it is accepted, what departments are asked (row C2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cardline.complaints import due_store, timeline_store, work_store
from cardline.complaints.actions.receiving import new_source, take_over, tighten
from cardline.complaints.actions.stepping import (
    Stepped,
    Working,
    free_text,
    locked,
    settle_tasks,
    step,
)
from cardline.complaints.classifying.reading import load_vocabulary
from cardline.complaints.classifying.rules import suggest
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import (
    ComplaintId,
    DepartmentTask,
    Mark,
    Reach,
    Severity,
    State,
)
from cardline.complaints.rules.counting import day_at
from cardline.complaints.rules.handling import (
    in_state,
    may_accept,
    may_add_facts,
    may_classify,
    may_handle,
    may_join,
    may_refuse,
    may_work,
    proxy_lacks,
    unfit,
)
from cardline.core.actor import Actor
from cardline.core.calendar import end_of
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, judge
from cardline.desk.staff import actions as desk_staff
from cardline.desk.work import tasks as desk_tasks
from cardline.outreach import actions as outreach

LEAST_WHY = 4
"""Characters of a reason."""


async def assign(tx: Transaction, work: Working, case_id: ComplaintId, *, to: str) -> Stepped:
    """Give a complaint to whoever shall handle it: oneself or a colleague.

    Never to the person complained of, never to one with an interest; a re-examination never to
    whoever handled it before. Journals ``complaint.assigned``. Raises ``NotFound`` for nobody.
    """
    case = await locked(tx, case_id)
    policy = work.config.policy
    colleague = await desk_staff.find(tx, to)
    fit = may_handle(case, by=colleague.number, role=colleague.role, policy=policy)
    may_give = work.staff.role in policy.handler_roles | policy.reexaminer_roles
    verdict = judge(
        policy.version,
        (
            *fit.refusals,
            None if may_give else Reason("role", policy.sources["handler_roles"]),
            *(unfit(case, work.number) if colleague.number != work.number else ()),
        ),
    )
    if verdict.allowed and case.round > 1:
        await desk_tasks.settle_sources(tx, [new_source(case)], at=work.at)
    after = replace(case, handler=colleague.number)
    body = {"handler": colleague.number, "was": case.handler}
    return await step(
        tx, case, after, kind="complaint.assigned", verdict=verdict, body=body, by=work.actor,
        config=work.config, at=work.at,
    )  # fmt: skip


async def accept(tx: Transaction, work: Working, case_id: ComplaintId) -> Stepped:
    """Accept a complaint: it is looked into. Journals ``complaint.accepted``."""
    case = await locked(tx, case_id)
    verdict = may_accept(case, by=work.number, policy=work.config.policy)
    if verdict.allowed:
        await desk_tasks.settle_sources(tx, [new_source(case)], at=work.at)
    return await step(
        tx, case, replace(case, state=State.ACCEPTED), kind="complaint.accepted", verdict=verdict,
        body={}, by=work.actor, config=work.config, at=work.at, marks={Mark.ACCEPTED: work.at},
    )  # fmt: skip


async def refuse(
    tx: Transaction, work: Working, case_id: ComplaintId, *, reason: str, why: str
) -> Stepped:
    """Refuse a complaint, for a lawful reason alone; the complainant is told by a notice.

    Journals ``complaint.refused``.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=LEAST_WHY, what="write why it is refused")
    verdict = may_refuse(case, reason, by=work.number, policy=work.config.policy)
    if verdict.allowed:
        await desk_tasks.settle_sources(tx, [new_source(case)], at=work.at)
    body = {"reason": reason, "text": masked.text}
    return await step(
        tx, case, replace(case, state=State.REFUSED, refusal=reason), kind="complaint.refused",
        verdict=verdict, body=body, by=work.actor, config=work.config, at=work.at,
        marks={Mark.REFUSED: work.at}, masked=masked.found,
    )  # fmt: skip


async def declare_interest(
    tx: Transaction, work: Working, case_id: ComplaintId, *, of: str, why: str
) -> Stepped:
    """Write that somebody has an interest in the matter; they no longer handle it (CMP 17).

    Everybody may say so of themselves, who handles complaints also of others. Journals
    ``complaint.interest-declared``.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=LEAST_WHY, what="write which interest it is")
    policy = work.config.policy
    own = of == work.number
    may_say = own or work.staff.role in policy.handler_roles | policy.reexaminer_roles
    verdict = judge(
        policy.version, (None if may_say else Reason("role", policy.sources["handler_roles"]),)
    )
    after = replace(
        case,
        interested=tuple(dict.fromkeys((*case.interested, of))),
        handler=None if case.handler == of else case.handler,
    )
    body = {"of": of, "text": masked.text}
    return await step(
        tx, case, after, kind="complaint.interest-declared", verdict=verdict, body=body,
        by=work.actor, config=work.config, at=work.at, masked=masked.found,
    )  # fmt: skip


async def classify(
    tx: Transaction,
    work: Working,
    case_id: ComplaintId,
    *,
    product: str,
    issue: str,
    severity: Severity,
    causes: tuple[str, ...],
    subjects: tuple[str, ...],
    persons: tuple[str, ...],
) -> Stepped:
    """Confirm what a complaint is about; a person does, whatever was suggested.

    What turns out to be about contacts tightens the holder's permissions at once; whoever turns
    out to be complained of no longer handles it. A complaint that the law calls major stays so.
    Journals ``complaint.classified`` with what was suggested for these words beside what was
    confirmed, so that a bank can count how often the suggestion was right. Raises ``Invalid`` for
    codes that the catalogue lacks.
    """
    case = await locked(tx, case_id)
    policy = work.config.policy
    unknown = sorted(set(causes) - work.config.causes.codes - set(case.causes))
    if unknown or not product.strip() or not issue.strip():
        raise Invalid(f"say product, issue and causes of the catalogue; unknown: {unknown}")
    unfit_subjects = not frozenset(subjects) <= policy.subjects
    verdict = judge(
        policy.version,
        (
            *may_classify(case, by=work.number, policy=policy).refusals,
            Reason("subject-unknown", policy.sources["subjects"]) if unfit_subjects else None,
        ),
    )
    after = replace(
        case,
        product=product.strip(),
        issue=issue.strip(),
        severity="major" if case.severity == "major" else severity,
        causes=tuple(dict.fromkeys(causes)),
        subjects=tuple(dict.fromkeys(subjects)),
        persons=tuple(dict.fromkeys(persons)),
        handler=None if case.handler in persons else case.handler,
    )
    suggested = suggest(f"{case.statement}\n{case.demand}", load_vocabulary())
    body: JsonObject = {
        "product": after.product,
        "issue": after.issue,
        "severity": after.severity,
        "causes": list(after.causes),
        "subjects": list(after.subjects),
        "persons": list(after.persons),
        "suggested": {
            "version": str(suggested.version),
            "product": suggested.product.code,
            "issue": suggested.issue.code,
            "severity": suggested.severity.code,
        },
    }
    stepped = await step(
        tx, case, after, kind="complaint.classified", verdict=verdict, body=body, by=work.actor,
        config=work.config, at=work.at,
    )  # fmt: skip
    if verdict.allowed and after.about_contacts and not case.about_contacts:
        await tighten(tx, stepped.complaint, by=work.actor, at=work.at)
    return stepped


async def ask_department(
    tx: Transaction,
    work: Working,
    case_id: ComplaintId,
    *,
    department: str,
    what: str,
    days: int | None = None,
) -> Stepped:
    """Ask a department; due at the end of a day. Journals ``complaint.department-asked``."""
    case = await locked(tx, case_id)
    masked = free_text(what, least=LEAST_WHY, what="write what the department shall find out")
    name = free_text(department, least=2, what="name the department").text
    policy = work.config.policy
    verdict = may_work(case, by=work.number, policy=policy)
    last = day_at(work.at, policy.zone) + timedelta(days=days or policy.department_days)
    due_at = end_of(last, policy.zone)
    task = DepartmentTask(new_id("ct"), name, masked.text, due_at, work.number, work.at)
    if verdict.allowed:
        await work_store.add_task(tx, case, task)
        warn = max(due_at - policy.warn, work.at + (due_at - work.at) / 2)
        due = Due(
            *(f"task/{task.id}", "task", case.id, name, work.at, due_at, last, warn),
        )
        await due_store.put(tx, [due])
    body = {"task": task.id, "department": name, "text": masked.text, "by": due_at.isoformat()}
    return await step(
        tx, case, case, kind="complaint.department-asked", verdict=verdict, body=body,
        by=work.actor, config=work.config, at=work.at, masked=masked.found, made=task.id,
    )  # fmt: skip


async def finish_department(
    tx: Transaction, work: Working, task_id: str, *, result: str
) -> Stepped:
    """Write what a department answered. Journals ``complaint.department-answered``."""
    found = await work_store.task(tx, task_id)
    if found is None:
        raise NotFound("there is no such task")
    case_id, task = found
    case = await locked(tx, case_id)
    masked = free_text(result, least=LEAST_WHY, what="write what the department found")
    verdict = judge(
        work.config.policy.version,
        (Reason("tasks-done", "row C2") if task.done_at is not None else None,),
    )
    if verdict.allowed:
        await work_store.finish_task(tx, task.id, result=masked.text, by=work.number, at=work.at)
        await due_store.settle(tx, f"task/{task.id}", at=work.at)
        await settle_tasks(tx, [f"task/{task.id}"], at=work.at)
    body = {"task": task.id, "department": task.department, "text": masked.text}
    return await step(
        tx, case, case, kind="complaint.department-answered", verdict=verdict, body=body,
        by=work.actor, config=work.config, at=work.at, masked=masked.found,
    )  # fmt: skip


async def join(
    tx: Transaction, work: Working, case_id: ComplaintId, *, into: ComplaintId
) -> Stepped:
    """Let a complaint go on in another one of the same person. Journals ``complaint.joined``."""
    first, second = sorted((case_id, into))  # two who join crosswise wait, and do not deadlock
    one, other = await locked(tx, first), await locked(tx, second)
    case, main = (one, other) if one.id == case_id else (other, one)
    policy = work.config.policy
    handles = work.staff.role in policy.handler_roles
    verdict = judge(
        policy.version,
        (
            *may_join(case, main, policy).refusals,
            None if handles else Reason("role", policy.sources["handler_roles"]),
        ),
    )
    if verdict.allowed:
        await desk_tasks.settle_sources(tx, [new_source(case)], at=work.at)
        await timeline_store.end_pauses(tx, case, ground=None, at=work.at)
        await due_store.silence(tx, case.id, at=work.at, met=True)
        await outreach.loosen(
            tx, complaint=case.id, stream=f"complaint:{case.id}", by=work.actor, at=work.at
        )
        await take_over(tx, case, main, config=work.config, by=work.actor, at=work.at)
    after = replace(case, state=State.JOINED, joined_to=main.id, closed_at=work.at)
    return await step(
        tx, case, after, kind="complaint.joined-to", verdict=verdict, body={"into": main.id},
        by=work.actor, config=work.config, at=work.at,
    )  # fmt: skip


async def show_authority(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    authority_files: Sequence[str],
    identity_files: Sequence[str],
    reach: Reach,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """Whoever speaks for the complainant shows that they may (CMP 14).

    What was shown before stays. Journals ``complaint.authority-shown``. Raises ``Invalid`` where
    nobody speaks for the complainant.
    """
    case = await locked(tx, case_id)
    if case.proxy is None:
        raise Invalid("the complainant speaks for themselves")
    proxy = replace(
        case.proxy,
        authority_files=tuple(dict.fromkeys((*case.proxy.authority_files, *authority_files))),
        identity_files=tuple(dict.fromkeys((*case.proxy.identity_files, *identity_files))),
        reach=reach if reach.any else case.proxy.reach,
    )
    after = replace(case, proxy=proxy)
    body = {
        "authority_files": list(authority_files),
        "identity_files": list(identity_files),
        "lacks": list(proxy_lacks(after)),
    }
    return await step(
        tx, case, after, kind="complaint.authority-shown",
        verdict=may_add_facts(case, config.policy), body=body, by=by, config=config, at=at,
    )  # fmt: skip


async def tell_outside(
    tx: Transaction, work: Working, case_id: ComplaintId, *, whom: Mark, reference: str
) -> Stepped:
    """Write that regulator or People's Bank were told; ``reference`` shows it.

    Journals ``complaint.outside-told``. Raises ``Invalid`` for anything but those two.
    """
    if whom not in (Mark.REGULATOR_TOLD, Mark.PBC_TOLD):
        raise Invalid("only the regulator and the People's Bank are told in this way")
    case = await locked(tx, case_id)
    shown = free_text(reference, least=2, what="write what shows that they were told")
    policy = work.config.policy
    handles = work.staff.role in policy.handler_roles | policy.reexaminer_roles
    states = tuple(one for one in State if one is not State.JOINED)
    verdict = judge(
        policy.version,
        (
            None if handles else Reason("role", policy.sources["handler_roles"]),
            in_state(case, *states),
        ),
    )
    return await step(
        tx, case, case, kind="complaint.outside-told", verdict=verdict,
        body={"whom": whom, "proof": shown.text}, by=work.actor, config=work.config, at=work.at,
        marks={whom: work.at},
    )  # fmt: skip
