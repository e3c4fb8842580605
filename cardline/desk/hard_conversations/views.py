"""What HTTP shows of warnings and plans."""

from datetime import datetime

from pydantic import BaseModel

from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.hard_conversations.actions import Plans
from cardline.desk.hard_conversations.model import CallerWarning, Plan
from cardline.desk.views import WordsView, show_words


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
