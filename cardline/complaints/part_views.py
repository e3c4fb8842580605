"""Parts of what the routes of complaints answer: clocks, decisions, notices, what was added."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from cardline.complaints import words
from cardline.complaints.clock_model import Clock
from cardline.complaints.model import Reach
from cardline.complaints.telling_model import Notice
from cardline.complaints.work_model import Decided, Remedy
from cardline.core.masking import mask_phone
from cardline.core.transaction import JsonObject


class ComplaintWords(BaseModel):
    """A code with its words."""

    code: str
    zh: str
    en: str

    @classmethod
    def of(cls, part: str, code: str) -> "ComplaintWords":
        """Show a word of the catalogue."""
        known = words.word(part, code)
        return cls(code=code, zh=known.zh, en=known.en)

    @classmethod
    def known(cls, part: str, code: str) -> "ComplaintWords":
        """Show a word, or where the catalogue of today lacks it its code: records are older."""
        try:
            return cls.of(part, code)
        except words.WordsMissing:
            return cls(code=code, zh=code, en=code)


class ReachView(BaseModel):
    """How somebody is reached; masked for whoever does not handle it."""

    phone: str
    email: str
    address: str

    @classmethod
    def of(cls, reach: Reach, *, masked: bool) -> "ReachView":
        """Show it."""
        if not masked:
            return cls(phone=reach.phone, email=reach.email, address=reach.address)
        name, at, domain = reach.email.partition("@")
        return cls(
            phone=mask_phone(reach.phone),
            email=f"{name[:1]}***{at}{domain}" if at else "",
            address="***" if reach.address else "",
        )


class ClockView(BaseModel):
    """Something due, explained step by step."""

    key: str
    task: ComplaintWords
    whose: str
    begins_at: datetime
    due_at: datetime
    last_day: date
    stopped: bool
    known: bool
    met_at: datetime | None
    missed: bool
    explained_zh: list[str]
    explained_en: list[str]

    @classmethod
    def of(cls, clock: Clock, now: datetime) -> "ClockView":
        """Show a clock."""
        return cls(
            key=clock.key,
            task=ComplaintWords.of("tasks", clock.task.value),
            whose=clock.whose,
            begins_at=clock.begins_at,
            due_at=clock.due_at,
            last_day=clock.last_day,
            stopped=clock.stopped,
            known=clock.known,
            met_at=clock.met_at,
            missed=clock.missed(now),
            explained_zh=list(words.explain(clock, "zh")),
            explained_en=list(words.explain(clock, "en")),
        )


class RemedyView(BaseModel):
    """A remedy."""

    id: str
    kind: str
    detail: str
    amount: int | None
    account: str | None
    done_at: datetime | None
    posting: str | None

    @classmethod
    def of(cls, remedy: Remedy) -> "RemedyView":
        """Show a remedy."""
        return cls(
            id=remedy.id,
            kind=remedy.kind,
            detail=remedy.detail,
            amount=remedy.amount,
            account=remedy.account_id,
            done_at=remedy.done_at,
            posting=remedy.posting,
        )


class ComplaintDecisionView(BaseModel):
    """A decision."""

    round: int
    outcome: str
    findings: str
    basis: str
    reasons: str
    bank_erred: bool | None
    compensation: int
    remedies: list[RemedyView]
    needs_second: bool
    by: str
    at: datetime
    approved_by: str | None
    approved_at: datetime | None

    @classmethod
    def of(cls, decided: Decided) -> "ComplaintDecisionView":
        """Show a decision."""
        decision = decided.decision
        return cls(
            round=decided.round,
            outcome=decision.outcome,
            findings=decision.findings,
            basis=decision.basis,
            reasons=decision.reasons,
            bank_erred=decision.bank_erred,
            compensation=decision.compensation,
            remedies=[RemedyView.of(one) for one in decision.remedies],
            needs_second=decided.needs_second,
            by=decided.by,
            at=decided.at,
            approved_by=decided.approved_by,
            approved_at=decided.approved_at,
        )


class NoticeView(BaseModel):
    """Something told; it counts since ``proven_at``."""

    id: str
    about: str
    channel: str
    text: str
    contents: list[str]
    by: str
    at: datetime
    carried_by: str | None
    proof: str | None
    proven_at: datetime | None
    extension: str | None

    @classmethod
    def of(cls, notice: Notice) -> "NoticeView":
        """Show a notice."""
        return cls(
            id=notice.id,
            about=notice.about,
            channel=notice.channel,
            text=notice.text,
            contents=list(notice.contents),
            by=notice.by,
            at=notice.at,
            carried_by=notice.carried_by,
            proof=notice.proof,
            proven_at=notice.proven_at,
            extension=notice.extension,
        )


class DepartmentTaskView(BaseModel):
    """What a department was asked."""

    id: str
    department: str
    what: str
    due_at: datetime
    opened_by: str
    opened_at: datetime
    done_at: datetime | None
    done_by: str | None
    result: str


class AddedFactView(BaseModel):
    """What the complainant brought later; ``restarts``: the time began anew."""

    id: str
    text: str
    files: list[str]
    restarts: bool
    by: str
    at: datetime


class ExtensionView(BaseModel):
    """A longer time that was asked for."""

    id: str
    grade: str
    ground: str
    why: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    turned_down_at: datetime | None
    told_at: datetime | None


class PauseView(BaseModel):
    """A time in which it stood still."""

    ground: str
    why: str
    since: datetime
    until: datetime | None


class ArrivalView(BaseModel):
    """It reached the bank."""

    door: str
    at: datetime
    reference: str


class ComplaintStepView(BaseModel):
    """One step, as the journal has it; ``reasons`` where it was refused."""

    at: datetime
    kind: str
    by: str
    body: dict[str, Any]
    reasons: list[ComplaintWords]

    @classmethod
    def of(cls, one: JsonObject) -> "ComplaintStepView":
        """Show it; a reason that the catalogue no longer has goes by its code."""
        told = [ComplaintWords.known("reasons", code) for code in one["reasons"]]
        return cls(at=one["at"], kind=one["kind"], by=one["by"], body=one["body"], reasons=told)


class ProxyView(BaseModel):
    """Who speaks for the complainant, and what they have not shown yet."""

    name: str
    reach: ReachView
    authority_files: list[str]
    identity_files: list[str]
    heir: bool
    principal: str
    until: date | None
    checked_by: str
    lacks: list[str]


class JointView(BaseModel):
    """A complaint of several."""

    people: int
    representatives: list[str]
    in_person: bool
