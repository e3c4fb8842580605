"""What HTTP shows of routing: one view for each thing, in the words of the API."""

from datetime import datetime

from pydantic import BaseModel

from cardline.core.masking import mask_phone
from cardline.core.verdict import Reason, Verdict
from cardline.routing.model import (
    Agent,
    AgentState,
    AgentStateName,
    Language,
    Offer,
    QueueState,
    ServiceFigures,
    Wanted,
)


class ReasonView(BaseModel):
    """Why something is refused; ``until``: when that ends by itself."""

    code: str
    source: str
    until: datetime | None


class QueueView(BaseModel):
    """A queue now. Waits in seconds, ``estimate_minutes`` as it is announced; null: unknown."""

    name: str
    matter: str
    language: Language
    urgent: bool
    closed: bool
    waiting: int
    callbacks: int
    longest_wait_seconds: float | None
    staffed: int
    ready: int
    estimate_minutes: int | None
    estimate_or_more: bool


class FiguresView(BaseModel):
    """Figures of a queue in a period; the definitions are in ``routing/README.md``."""

    queue: str
    offered: int
    answered: int
    answered_in_time: int
    abandoned: int
    callbacks: int
    messages: int
    transferred: int
    waiting: int
    service_level: float | None
    connect_rate: float | None
    abandon_rate: float | None
    mean_wait_seconds: float | None
    longest_wait_seconds: float


class AgentView(BaseModel):
    """An agent with state and reasons; ``refusals``: why not for the interaction asked about."""

    id: str
    number: str
    name: str
    languages: list[Language]
    skills: list[str]
    phone: str
    state: AgentStateName
    since: datetime | None
    until: datetime | None
    reasons: list[ReasonView]
    then: Wanted | None
    offer: str | None
    interaction: str | None
    refusals: list[ReasonView] | None = None


class OfferView(BaseModel):
    """One's own offer. ``leg`` rings in a browser; picking it up accepts the offer."""

    id: str
    leg: str
    interaction: str
    queue: str
    urgent: bool
    callback: bool
    number: str
    waiting_since: datetime
    expires_at: datetime


def show_reason(reason: Reason) -> ReasonView:
    """Show a reason."""
    return ReasonView(code=reason.code, source=reason.source, until=reason.until)


def show_queue(state: QueueState) -> QueueView:
    """Show a queue."""
    queue, estimate = state.queue, state.estimate
    return QueueView(
        name=queue.name,
        matter=queue.matter,
        language=queue.language,
        urgent=queue.urgent,
        closed=state.closed,
        waiting=state.waiting,
        callbacks=state.callbacks,
        longest_wait_seconds=state.longest_wait.total_seconds() if state.longest_wait else None,
        staffed=state.staffed,
        ready=state.ready,
        estimate_minutes=estimate.minutes if estimate else None,
        estimate_or_more=estimate.or_more if estimate else False,
    )


def show_figures(figures: ServiceFigures) -> FiguresView:
    """Show figures."""
    mean = figures.mean_wait
    return FiguresView(
        queue=figures.queue,
        offered=figures.offered,
        answered=figures.answered,
        answered_in_time=figures.answered_in_time,
        abandoned=figures.abandoned,
        callbacks=figures.callbacks,
        messages=figures.messages,
        transferred=figures.transferred,
        waiting=figures.waiting,
        service_level=figures.service_level,
        connect_rate=figures.connect_rate,
        abandon_rate=figures.abandon_rate,
        mean_wait_seconds=mean.total_seconds() if mean is not None else None,
        longest_wait_seconds=figures.longest_wait.total_seconds(),
    )


def show_agent(agent: Agent, state: AgentState, verdict: Verdict | None = None) -> AgentView:
    """Show an agent."""
    return AgentView(
        id=agent.id,
        number=agent.number,
        name=agent.name,
        languages=sorted(agent.languages),
        skills=sorted(agent.skills),
        phone=agent.phone,
        state=state.name,
        since=state.since,
        until=state.until,
        reasons=[show_reason(reason) for reason in state.reasons],
        then=state.then,
        offer=agent.offer,
        interaction=agent.talk,
        refusals=[show_reason(one) for one in verdict.refusals] if verdict else None,
    )


def show_offer(offer: Offer) -> OfferView:
    """Show an offer to the agent whom it is for."""
    return OfferView(
        id=offer.id,
        leg=offer.leg,
        interaction=offer.interaction,
        queue=offer.queue,
        urgent=offer.urgent,
        callback=offer.callback,
        number=mask_phone(offer.number),
        waiting_since=offer.since,
        expires_at=offer.expires_at,
    )
