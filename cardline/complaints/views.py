"""What the routes of complaints answer: the contract of the staff's screens."""

from datetime import date, datetime

from pydantic import BaseModel

from cardline.complaints import words
from cardline.complaints.actions import Stepped, Whole
from cardline.complaints.due_store import Due
from cardline.complaints.model import Complaint
from cardline.complaints.part_views import (
    AddedFactView,
    ArrivalView,
    ClockView,
    ComplaintDecisionView,
    ComplaintStepView,
    ComplaintWords,
    DepartmentTaskView,
    ExtensionView,
    JointView,
    NoticeView,
    PauseView,
    ProxyView,
    ReachView,
)
from cardline.complaints.rules.effects import Effect
from cardline.complaints.rules.speaking import proxy_lacks
from cardline.complaints.work_model import Corrective
from cardline.core.verdict import Verdict


class ComplaintReason(ComplaintWords):
    """Why something is refused, with words that may be read to the complainant."""

    source: str


class ComplaintVerdict(BaseModel):
    """A verdict with all its reasons."""

    rule: str
    allowed: bool
    reasons: list[ComplaintReason]

    @classmethod
    def of(cls, verdict: Verdict) -> "ComplaintVerdict":
        """Show a verdict."""
        return cls(
            rule=verdict.rule,
            allowed=verdict.allowed,
            reasons=[
                ComplaintReason(
                    code=one.code,
                    source=one.source,
                    zh=words.reason(one.code).zh,
                    en=words.reason(one.code).en,
                )
                for one in verdict.refusals
            ],
        )


class ComplaintRow(BaseModel):
    """A complaint in a list. ``next_*``: what the bank owes next."""

    id: str
    state: str
    door: str
    holder: str | None
    anonymous: bool
    subjects: list[str]
    product: str
    issue: str
    severity: str | None
    handler: str | None
    round: int
    received_at: datetime
    next_what: str | None
    next_due_at: datetime | None
    next_last_day: date | None
    escalations: int
    closed_at: datetime | None

    @classmethod
    def of(cls, case: Complaint, due: Due | None) -> "ComplaintRow":
        """Show a row."""
        return cls(
            id=case.id,
            state=case.state,
            door=case.door,
            holder=case.complainant.holder_id,
            anonymous=case.anonymous,
            subjects=list(case.subjects),
            product=case.product,
            issue=case.issue,
            severity=case.severity,
            handler=case.handler,
            round=case.round,
            received_at=case.timeline.received_at,
            next_what=due.what if due else None,
            next_due_at=due.due_at if due else None,
            next_last_day=due.last_day if due else None,
            escalations=due.escalations if due else 0,
            closed_at=case.closed_at,
        )


class WholeComplaintView(BaseModel):
    """A complaint with all that belongs to it."""

    row: ComplaintRow
    name: str
    identity_tail: str
    reach: ReachView
    statement: str
    demand: str
    persons: list[str]
    interested: list[str]
    files: list[str]
    interaction: str | None
    account: str | None
    language: str
    zone: str
    proxy: ProxyView | None
    joint: JointView | None
    taken_by: str
    causes: list[str]
    refusal: str
    joined_to: str | None
    joined: list[str]
    satisfied: bool | None
    grade: str
    version: int
    marks: dict[str, datetime]
    clocks: list[ClockView]
    arrivals: list[ArrivalView]
    pauses: list[PauseView]
    extensions: list[ExtensionView]
    facts: list[AddedFactView]
    decisions: list[ComplaintDecisionView]
    notices: list[NoticeView]
    tasks: list[DepartmentTaskView]
    steps: list[ComplaintStepView]

    @classmethod
    def of(cls, whole: Whole, now: datetime, *, masked: bool) -> "WholeComplaintView":
        """Show all of it; ``masked``: for whoever does not handle it."""
        case = whole.case
        timeline = case.timeline
        due = next((one for one in whole.due if one.next_at and one.kind == "clock"), None)
        proxy, joint = case.proxy, case.joint
        return cls(
            row=ComplaintRow.of(case, due),
            name=case.complainant.name,
            identity_tail=case.complainant.identity_tail,
            reach=ReachView.of(case.complainant.reach, masked=masked),
            statement=case.statement,
            demand=case.demand,
            persons=list(case.persons),
            interested=list(case.interested),
            files=list(case.files),
            interaction=case.interaction,
            account=case.account_id,
            language=case.language,
            zone=case.zone,
            proxy=ProxyView(
                name=proxy.name,
                reach=ReachView.of(proxy.reach, masked=masked),
                authority_files=list(proxy.authority_files),
                identity_files=list(proxy.identity_files),
                heir=proxy.heir,
                principal=proxy.principal,
                until=proxy.until,
                checked_by=proxy.checked_by,
                lacks=list(proxy_lacks(case, now=now)),
            )
            if proxy
            else None,
            joint=JointView(
                people=joint.people,
                representatives=list(joint.representatives),
                in_person=joint.in_person,
            )
            if joint
            else None,
            taken_by=case.taken_by,
            causes=list(case.causes),
            refusal=case.refusal,
            joined_to=case.joined_to,
            joined=[one.id for one in whole.joined],
            satisfied=case.satisfied,
            grade=whole.grade,
            version=case.version,
            marks={mark.value: at for mark, at in timeline.marks.items()},
            clocks=[ClockView.of(one, now) for one in whole.clocks],
            arrivals=[
                ArrivalView(door=one.door, at=one.at, reference=one.reference)
                for one in timeline.arrivals
            ],
            pauses=[
                PauseView(ground=one.ground, why=one.why, since=one.since, until=one.until)
                for one in timeline.pauses
            ],
            extensions=[
                ExtensionView.model_validate(one, from_attributes=True)
                for one in timeline.extensions
            ],
            facts=[AddedFactView(**one) for one in whole.facts],
            decisions=[ComplaintDecisionView.of(one) for one in whole.decisions],
            notices=[NoticeView.of(one) for one in whole.notices],
            tasks=[
                DepartmentTaskView.model_validate(one, from_attributes=True) for one in whole.tasks
            ],
            steps=[ComplaintStepView.of(one) for one in whole.steps],
        )


class ComplaintStepped(BaseModel):
    """What became of a step; refused, nothing has changed. ``made``: what it brought into being."""

    allowed: bool
    verdict: ComplaintVerdict
    complaint: ComplaintRow
    masked: list[str]
    made: str | None

    @classmethod
    def of(cls, stepped: Stepped) -> "ComplaintStepped":
        """Show it."""
        return cls(
            allowed=stepped.verdict.allowed,
            verdict=ComplaintVerdict.of(stepped.verdict),
            complaint=ComplaintRow.of(stepped.complaint, None),
            masked=list(stepped.masked),
            made=stepped.made,
        )


class CorrectiveView(BaseModel):
    """A corrective action; ``before`` and ``after``: complaints of its cause a week."""

    id: str
    cause: str
    what: str
    owner: str
    due_on: date
    opened_by: str
    opened_at: datetime
    done_on: date | None
    result: str
    before: float | None
    after: float | None
    weeks_before: int
    weeks_after: int

    @classmethod
    def of(cls, one: Corrective, effect: Effect | None) -> "CorrectiveView":
        """Show it with its effect."""
        return cls(
            id=one.id,
            cause=one.cause,
            what=one.what,
            owner=one.owner,
            due_on=one.due_on,
            opened_by=one.opened_by,
            opened_at=one.opened_at,
            done_on=one.done_on,
            result=one.result,
            before=effect.before if effect else None,
            after=effect.after if effect else None,
            weeks_before=effect.weeks_before if effect else 0,
            weeks_after=effect.weeks_after if effect else 0,
        )


class GradeView(BaseModel):
    """How long it may take, and what that needs."""

    code: str
    zh: str
    en: str
    grounds: list[ComplaintWords]
    approvers: list[str]
    notice: bool


class ComplaintCatalogue(BaseModel):
    """All codes of the pack, with their words, for the screens."""

    subjects: list[ComplaintWords]
    products: list[ComplaintWords]
    issues: list[ComplaintWords]
    severities: list[ComplaintWords]
    causes: list[ComplaintWords]
    refusals: list[ComplaintWords]
    contents: list[ComplaintWords]
    pauses: list[ComplaintWords]
    doors: list[ComplaintWords]
    states: list[ComplaintWords]
    grades: list[GradeView]
    notice_proofs: dict[str, str]
    handler_roles: list[str]
    reexaminer_roles: list[str]
    second_roles: list[str]
    currency: str
    """What compensation is paid in (ISO 4217)."""
    compensation_alone: int
    """In minor units."""
