"""What the routes of acts on a card answer: the contract of the agent's screen."""

from datetime import date, datetime

from pydantic import BaseModel

from cardline.cards import words
from cardline.cards.acts.listing import Offered
from cardline.cards.cases.views import CaseView
from cardline.cards.closures.actions import Closing
from cardline.cards.closures.model import CardClosure
from cardline.cards.contacts.actions import Changed, masked_value
from cardline.cards.contacts.model import ContactChange
from cardline.cards.fees.actions import Reversed
from cardline.cards.fees.model import FeeReversal
from cardline.cards.leaving_alone import Stopped
from cardline.cards.limits.actions import Limited
from cardline.cards.limits.model import LimitRequest
from cardline.cards.model import Card
from cardline.cards.rules.state import state_at
from cardline.cards.verdict_views import AmountView, VerdictView, amount_or_none


class ActCardView(BaseModel):
    """The card that an act is about."""

    id: str
    tail: str
    state: str


class ActView(BaseModel):
    """One act on one thing. ``missing``: factors to ask for next, the cheapest way."""

    act: str
    title_zh: str
    title_en: str
    allowed: bool
    verdict: VerdictView
    missing: list[str]
    card: ActCardView | None
    account: str | None

    @classmethod
    def of(cls, offered: Offered, at: datetime) -> "ActView":
        """Show an act."""
        title = words.title_of(offered.act)
        return cls(
            act=offered.act.value,
            title_zh=title.zh,
            title_en=title.en,
            allowed=offered.verdict.allowed,
            verdict=VerdictView.of(offered.verdict),
            missing=[factor.value for factor in offered.missing],
            card=_shown(offered.card, at) if offered.card else None,
            account=offered.account.id if offered.account else None,
        )


def _shown(card: Card, at: datetime) -> ActCardView:
    return ActCardView(id=card.id, tail=card.tail, state=state_at(card, at).value)


class ChangeView(BaseModel):
    """A change of a holder's data; values are masked."""

    id: str
    field: str
    was: str | None
    wanted: str | None
    state: str
    requested_at: datetime
    lapses_at: datetime
    side: str | None
    confirmed_at: datetime | None
    cooling_until: datetime | None

    @classmethod
    def of(cls, change: ContactChange) -> "ChangeView":
        """Show a change."""
        return cls(
            id=change.id,
            field=change.field.value,
            was=masked_value(change.field, change.was),
            wanted=masked_value(change.field, change.wanted),
            state=change.state.value,
            requested_at=change.requested_at,
            lapses_at=change.lapses_at,
            side=change.side,
            confirmed_at=change.confirmed_at,
            cooling_until=change.cooling_until,
        )


class ChangedView(BaseModel):
    """What became of a request, a confirmation or a cancellation."""

    allowed: bool
    verdict: VerdictView
    already: bool
    change: ChangeView | None

    @classmethod
    def of(cls, changed: Changed) -> "ChangedView":
        """Show it."""
        return cls(
            allowed=changed.verdict.allowed,
            verdict=VerdictView.of(changed.verdict),
            already=changed.already,
            change=ChangeView.of(changed.change) if changed.change else None,
        )


class LimitRequestView(BaseModel):
    """A request for another limit. ``reasons``: all that the rule found, whatever the outcome."""

    id: str
    account: str
    term: str
    present: AmountView
    wanted: AmountView
    amount: AmountView | None
    until: date | None
    state: str
    outcome: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_why: str | None

    @classmethod
    def of(cls, request: LimitRequest) -> "LimitRequestView":
        """Show a request."""
        return cls(
            id=request.id,
            account=request.account_id,
            term=request.term,
            present=AmountView.of(request.present),
            wanted=AmountView.of(request.wanted),
            amount=amount_or_none(request.amount),
            until=request.until,
            state=request.state.value,
            outcome=str(request.decision["outcome"]),
            requested_by=request.requested_by,
            requested_at=request.requested_at,
            decided_by=request.decided_by,
            decided_why=request.decided_why,
        )


class LimitedView(BaseModel):
    """What became of it. ``allowed``: the whole amount is granted; ``outcome`` null: not heard."""

    allowed: bool
    outcome: str | None
    verdict: VerdictView
    already: bool
    request: LimitRequestView | None

    @classmethod
    def of(cls, limited: Limited) -> "LimitedView":
        """Show it."""
        return cls(
            allowed=limited.verdict.allowed,
            outcome=limited.outcome.value if limited.outcome else None,
            verdict=VerdictView.of(limited.verdict),
            already=limited.already,
            request=LimitRequestView.of(limited.request) if limited.request else None,
        )


class ReversalView(BaseModel):
    """An annual fee that was given back, or waits for a lead."""

    id: str
    account: str
    card: str
    posting: str
    amount: AmountView
    ground: str
    state: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    why: str | None

    @classmethod
    def of(cls, reversal: FeeReversal) -> "ReversalView":
        """Show a reversal."""
        return cls(
            id=reversal.id,
            account=reversal.account_id,
            card=reversal.card_id,
            posting=reversal.posting_id,
            amount=AmountView.of(reversal.amount),
            ground=reversal.ground,
            state=reversal.state.value,
            requested_by=reversal.requested_by,
            requested_at=reversal.requested_at,
            decided_by=reversal.decided_by,
            why=reversal.why,
        )


class ReversedView(BaseModel):
    """What became of it; ``reversal.state`` is ``awaiting`` where a lead must agree."""

    allowed: bool
    verdict: VerdictView
    already: bool
    reversal: ReversalView | None

    @classmethod
    def of(cls, done: Reversed) -> "ReversedView":
        """Show it."""
        return cls(
            allowed=done.verdict.allowed,
            verdict=VerdictView.of(done.verdict),
            already=done.already,
            reversal=ReversalView.of(done.reversal) if done.reversal else None,
        )


class ClosureView(BaseModel):
    """A card that is being closed."""

    id: str
    card: str
    state: str
    requested_at: datetime
    closes_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, closure: CardClosure) -> "ClosureView":
        """Show a closing."""
        return cls(
            id=closure.id,
            card=closure.card_id,
            state=closure.state.value,
            requested_at=closure.requested_at,
            closes_at=closure.closes_at,
            ended_at=closure.ended_at,
        )


class ClosingView(BaseModel):
    """What became of it, with everything that is still to be settled."""

    allowed: bool
    verdict: VerdictView
    already: bool
    closure: ClosureView | None

    @classmethod
    def of(cls, closing: Closing) -> "ClosingView":
        """Show it."""
        return cls(
            allowed=closing.verdict.allowed,
            verdict=VerdictView.of(closing.verdict),
            already=closing.already,
            closure=ClosureView.of(closing.closure) if closing.closure else None,
        )


class RequestsView(BaseModel):
    """All that a holder has asked for, newest first."""

    cases: list[CaseView]
    changes: list[ChangeView]
    limits: list[LimitRequestView]
    fees: list[ReversalView]
    closures: list[ClosureView]


class ApprovalsView(BaseModel):
    """What waits for a lead, oldest first."""

    limits: list[LimitRequestView]
    fees: list[ReversalView]


class StoppedView(BaseModel):
    """Marketing is stopped. ``told``: a confirmation goes to their phone."""

    already: bool
    told: bool

    @classmethod
    def of(cls, stopped: Stopped) -> "StoppedView":
        """Show it."""
        return cls(already=stopped.already, told=stopped.told)


class MarkedView(BaseModel):
    """Whether the mark stands now, and whether that is new."""

    vulnerable: bool
    changed: bool
