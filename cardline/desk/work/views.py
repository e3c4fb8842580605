"""What HTTP shows of the workplace: each role sees of people what the pack lets it (row F4)."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel
from pydantic import Field as Limits

from cardline.cards.model import Holder
from cardline.core.masking import mask_phone
from cardline.core.verdict import Verdict
from cardline.desk.catalogue import DeskCatalogue, Part
from cardline.desk.hard_conversations.actions import Plans
from cardline.desk.screen.store import Contact
from cardline.desk.staff.model import Role
from cardline.desk.work.model import (
    CallerWarning,
    DeskPolicy,
    Look,
    Note,
    Plan,
    Promise,
    Task,
    TaskKind,
    WrapUp,
)
from cardline.desk.work.rules import show


class WordsView(BaseModel):
    """A code with its words."""

    code: str
    zh: str
    en: str


class ReasonWords(WordsView):
    """Why something is refused or missing; ``until``: when that ends by itself."""

    source: str
    until: datetime | None


class VerdictView(BaseModel):
    """Yes or no, with every reason in both languages."""

    allowed: bool
    rule: str
    reasons: list[ReasonWords]


class HolderView(BaseModel):
    """A holder as this role sees them; null: hidden."""

    id: str
    name: str | None
    phone: str | None
    id_tail: str | None
    address: str | None
    language: str
    zone: str


class ContactView(BaseModel):
    """One conversation in a list. ``result`` and ``summary``: of its last completed wrap-up."""

    id: str
    door: str
    call: str
    from_: str = Limits(serialization_alias="from")
    to: str
    holder: str | None
    language: str | None
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    continues: str | None
    agents: list[str]
    matter: WordsView | None
    result: WordsView | None
    summary: str | None


class WarningView(BaseModel):
    """A warning that was given to a caller."""

    id: str
    interaction: str
    category: WordsView
    words: str
    author: str
    at: datetime
    here: bool
    """In this very conversation."""


class PlanView(BaseModel):
    """How everybody speaks with this holder; followed once ``reviewer`` is named."""

    id: str
    text: str
    valid_from: datetime
    valid_to: datetime
    author: str
    written_at: datetime
    reviewer: str | None
    reviewed_at: datetime | None


class ProposalView(PlanView):
    """A plan that waits for its review, and for whom it is."""

    holder: str


class PlansView(BaseModel):
    """The plan to follow now, and one that waits for its review."""

    current: PlanView | None
    proposed: PlanView | None


class TaskView(BaseModel):
    """What somebody must still do."""

    id: str
    kind: TaskKind
    what: str
    interaction: str | None
    holder: str | None
    agent: str | None
    matter: str | None
    due_at: datetime
    overdue: bool
    opened_at: datetime
    opened_by: str
    done_at: datetime | None
    done_by: str | None
    result: str


class NoteView(BaseModel):
    """A note. ``masked``: kinds of secrets taken out; ``asks``: those it asks for, flagged."""

    id: str
    interaction: str | None
    holder: str | None
    author: str
    text: str
    masked: list[str]
    asks: list[str]
    at: datetime


class LookView(BaseModel):
    """One look at a masked field, for the holder's own history."""

    id: str
    interaction: str
    field: str
    reason: str
    staff: str
    role: Role
    at: datetime


class PromiseBody(BaseModel):
    """What is promised, and by when."""

    what: str = Limits(max_length=500)
    due_at: AwareDatetime


class WrapUpView(BaseModel):
    """One's own wrap-up. Send ``version`` back with the next saving; ``missing``: what it lacks."""

    interaction: str
    agent: str
    author: str
    version: int
    matter: str
    outcome: str
    summary: str
    anything_else_asked: bool
    read_back_confirmed: bool
    promises: list[PromiseBody]
    masked: list[str]
    asks: list[str]
    saved_at: datetime
    completed_at: datetime | None
    missing: list[ReasonWords]


def show_verdict(verdict: Verdict, words: DeskCatalogue) -> VerdictView:
    """Show a verdict with the words of its reasons."""
    return VerdictView(
        allowed=verdict.allowed, rule=verdict.rule, reasons=show_reasons(verdict, words)
    )


def show_reasons(verdict: Verdict, words: DeskCatalogue) -> list[ReasonWords]:
    """Show the reasons of a verdict."""
    return [
        ReasonWords(
            **show_words(words, "reasons", reason.code).model_dump(),
            source=reason.source,
            until=reason.until,
        )
        for reason in verdict.refusals
    ]


def show_words(words: DeskCatalogue, part: Part, code: str) -> WordsView:
    """Show a code with its words."""
    found = words.words(part, code)
    return WordsView(code=found.code, zh=found.zh, en=found.en)


def show_holder(holder: Holder, *, role: Role, policy: DeskPolicy) -> HolderView:
    """Show a holder as the role sees them."""
    return HolderView(
        id=holder.id,
        name=show("name", holder.name, role=role, policy=policy),
        phone=show("phone", holder.phone, role=role, policy=policy),
        id_tail=show("id_tail", holder.id_tail, role=role, policy=policy),
        address=show("address", holder.address, role=role, policy=policy)
        if holder.address
        else None,
        language=holder.language,
        zone=holder.zone,
    )


def show_contact(contact: Contact, words: DeskCatalogue, *, role: Role) -> ContactView:
    """Show a conversation; what was spoken of is not for an administrator."""
    one = contact.interaction
    private = role == "administrator"
    return ContactView(
        id=one.id,
        door=one.door,
        call=one.call,
        from_=mask_phone(one.from_number),
        to=one.to_number,
        holder=one.holder_id,
        language=one.language,
        opened_at=one.opened_at,
        answered_at=one.answered_at,
        closed_at=one.closed_at,
        outcome=one.outcome,
        continues=one.continues,
        agents=list(contact.agents),
        matter=show_words(words, "matters", contact.matter)
        if contact.matter and not private
        else None,
        result=show_words(words, "outcomes", contact.result)
        if contact.result and not private
        else None,
        summary=None if private else contact.summary or None,
    )


def show_task(task: Task, at: datetime) -> TaskView:
    """Show a task."""
    return TaskView(
        id=task.id,
        kind=task.kind,
        what=task.what,
        interaction=task.interaction,
        holder=task.holder,
        agent=task.agent,
        matter=task.matter,
        due_at=task.due_at,
        overdue=task.done_at is None and task.due_at < at,
        opened_at=task.opened_at,
        opened_by=task.opened_by,
        done_at=task.done_at,
        done_by=task.done_by,
        result=task.result,
    )


def show_note(note: Note) -> NoteView:
    """Show a note."""
    return NoteView(
        id=note.id,
        interaction=note.interaction,
        holder=note.holder,
        author=note.author,
        text=note.text,
        masked=list(note.masked),
        asks=list(note.asks),
        at=note.at,
    )


def show_warning(warning: CallerWarning, words: DeskCatalogue, *, here: str) -> WarningView:
    """Show a warning."""
    return WarningView(
        id=warning.id,
        interaction=warning.interaction,
        category=show_words(words, "categories", warning.category),
        words=warning.words,
        author=warning.author,
        at=warning.at,
        here=warning.interaction == here,
    )


def show_plan(plan: Plan) -> PlanView:
    """Show a plan."""
    return PlanView(
        id=plan.id,
        text=plan.text,
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        author=plan.author,
        written_at=plan.written_at,
        reviewer=plan.reviewer,
        reviewed_at=plan.reviewed_at,
    )


def show_proposal(plan: Plan) -> ProposalView:
    """Show a plan that waits for its review."""
    return ProposalView(holder=plan.holder, **show_plan(plan).model_dump())


def show_plans(plans: Plans) -> PlansView:
    """Show the plans for a holder."""
    return PlansView(
        current=show_plan(plans.current) if plans.current else None,
        proposed=show_plan(plans.proposed) if plans.proposed else None,
    )


def show_look(look: Look) -> LookView:
    """Show a look."""
    return LookView(
        id=look.id,
        interaction=look.interaction,
        field=look.field,
        reason=look.reason,
        staff=look.staff,
        role=look.role,
        at=look.at,
    )


def show_wrap_up(wrap_up: WrapUp, missing: Verdict, words: DeskCatalogue) -> WrapUpView:
    """Show a wrap-up and what it lacks."""
    return WrapUpView(
        interaction=wrap_up.interaction,
        agent=wrap_up.agent,
        author=wrap_up.author,
        version=wrap_up.version,
        matter=wrap_up.matter,
        outcome=wrap_up.outcome,
        summary=wrap_up.summary,
        anything_else_asked=wrap_up.anything_else_asked,
        read_back_confirmed=wrap_up.read_back_confirmed,
        promises=[_promise(one) for one in wrap_up.promises],
        masked=list(wrap_up.masked),
        asks=list(wrap_up.asks),
        saved_at=wrap_up.saved_at,
        completed_at=wrap_up.completed_at,
        missing=show_reasons(missing, words),
    )


def _promise(promise: Promise) -> PromiseBody:
    return PromiseBody(what=promise.what, due_at=promise.due_at)
