"""What HTTP shows of reports and of the wall. Times are seconds, shares 0 to 1, null: unknown."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from cardline.reports.chat_views import ChatsView
from cardline.reports.model import AgentReport, ContactReport, Counted, Danger, DangerCode, Service
from cardline.routing.model import Waiter
from cardline.routing.views import AgentView, FiguresView, QueueView, show_figures


class ServiceView(FiguresView):
    """How a queue was served in ``[start, end)``; ``queue`` is empty for all together."""

    start: datetime
    end: datetime
    wait_p50_seconds: int | None
    wait_p90_seconds: int | None


class AgentReportView(BaseModel):
    """What an agent did; ``occupancy`` is busy ÷ (busy + ready)."""

    agent: str
    number: str
    name: str
    talks: int
    talk_seconds: float
    wrap_up_seconds: float
    mean_handling_seconds: float | None
    transferred: int
    transfer_rate: float | None
    logged_in_seconds: float
    ready_seconds: float
    busy_seconds: float
    occupancy: float | None
    offers_accepted: int
    offers_declined: int
    offers_expired: int
    offers_withdrawn: int


class ContactReportView(BaseModel):
    """What became of the people who called."""

    calls: int
    first_contact_resolved: int
    first_contact_repeated: int
    first_contact_undecided: int
    first_contact_resolution: float | None
    repeat_callers: int
    repeat_calls: int
    callbacks_asked: int
    callbacks_reached: int
    callbacks_given_up: int
    callbacks_waiting: int


class ReasonCountView(BaseModel):
    """How often a reason was given."""

    code: str
    times: int


class CountedView(BaseModel):
    """How often something was allowed and refused, and why."""

    what: str
    allowed: int
    refused: int
    reasons: list[ReasonCountView]


class WaiterView(BaseModel):
    """Somebody who waits; ``waited_seconds`` in this queue, ``since`` is the place."""

    interaction: str
    queue: str
    urgent: bool
    callback: bool
    since: datetime
    waited_seconds: float


class DangerView(BaseModel):
    """A call at which a lead should look, and since when."""

    code: DangerCode
    interaction: str
    queue: str | None
    agent: str | None
    since: datetime


class WallView(BaseModel):
    """Everything on the wall, as of ``at`` (the server's time)."""

    at: datetime
    queues: list[QueueView]
    waiting: list[WaiterView]
    agents: list[AgentView]
    danger: list[DangerView]
    chats: ChatsView
    today: list[ServiceView]
    last_hour: list[ServiceView]


def show_service(service: Service) -> ServiceView:
    """Show how a queue was served."""
    return ServiceView(
        **show_figures(service.figures).model_dump(),
        start=service.period.start,
        end=service.period.end,
        wait_p50_seconds=service.wait_p50,
        wait_p90_seconds=service.wait_p90,
    )


def show_agent_report(report: AgentReport) -> AgentReportView:
    """Show what an agent did."""
    handling, duty, offers = report.handling, report.duty, report.offers
    return AgentReportView(
        agent=report.agent,
        number=report.number,
        name=report.name,
        talks=handling.talks,
        talk_seconds=handling.talking.total_seconds(),
        wrap_up_seconds=handling.wrap_up.total_seconds(),
        mean_handling_seconds=_seconds(handling.mean),
        transferred=handling.transferred,
        transfer_rate=handling.transfer_rate,
        logged_in_seconds=duty.logged_in.total_seconds(),
        ready_seconds=duty.ready.total_seconds(),
        busy_seconds=duty.busy.total_seconds(),
        occupancy=duty.occupancy,
        offers_accepted=offers.accepted,
        offers_declined=offers.declined,
        offers_expired=offers.expired,
        offers_withdrawn=offers.withdrawn,
    )


def show_contacts(report: ContactReport) -> ContactReportView:
    """Show what became of callers."""
    first, backs = report.first_contact, report.callbacks
    return ContactReportView(
        calls=report.calls,
        first_contact_resolved=first.resolved,
        first_contact_repeated=first.repeated,
        first_contact_undecided=first.undecided,
        first_contact_resolution=first.rate,
        repeat_callers=report.repeat.callers,
        repeat_calls=report.repeat.calls,
        callbacks_asked=backs.asked,
        callbacks_reached=backs.reached,
        callbacks_given_up=backs.given_up,
        callbacks_waiting=backs.waiting,
    )


def show_counted(counted: Counted) -> CountedView:
    """Show what was allowed and refused."""
    return CountedView(
        what=counted.what,
        allowed=counted.allowed,
        refused=counted.refused,
        reasons=[ReasonCountView(code=code, times=times) for code, times in counted.reasons],
    )


def show_waiter(waiter: Waiter, *, now: datetime) -> WaiterView:
    """Show somebody who waits."""
    return WaiterView(
        interaction=waiter.interaction,
        queue=waiter.queue,
        urgent=waiter.urgent,
        callback=waiter.callback,
        since=waiter.since,
        waited_seconds=max(now - waiter.entered_at, timedelta(0)).total_seconds(),
    )


def show_danger(danger: Danger) -> DangerView:
    """Show a call at which a lead should look."""
    return DangerView(
        code=danger.code,
        interaction=danger.interaction,
        queue=danger.queue,
        agent=danger.agent,
        since=danger.since,
    )


def _seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None
