"""What HTTP shows of wrap-ups, tasks and notes."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel
from pydantic import Field as Limits

from cardline.core.verdict import Verdict
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.views import ReasonWords, show_reasons
from cardline.desk.work.model import Note, Promise, Task, TaskKind, WrapUp


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
