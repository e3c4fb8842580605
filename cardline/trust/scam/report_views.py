"""How reports, warnings and refusals are told over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from cardline.cards.model import Card, CardOutcome
from cardline.cards.rules.state import state_at
from cardline.core.masking import mask_phone
from cardline.core.verdict import Verdict
from cardline.trust.scam.catalogue import load_words, reason_words
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import (
    Indicator,
    Kind,
    Opinion,
    Report,
    ReportState,
)
from cardline.trust.scam.senders import number_of
from cardline.trust.scam.views import JudgementView, TextView

_SERVICE_DIGITS = 6


class RefusalView(BaseModel):
    """Why something was refused."""

    code: str
    source: str
    words: TextView | None


class IndicatorView(BaseModel):
    """What a report names; known where compliance has confirmed it and its time is not over."""

    id: str
    kind: Literal["number", "domain", "text"]
    value: str
    known_from: datetime | None
    known_until: datetime | None


class ScamReportView(BaseModel):
    """A report; ``sender`` is masked, the indicators are not: they are what is reviewed."""

    id: str
    state: ReportState
    holder: str | None
    interaction: str | None
    kind: Kind
    sender: str
    text: str
    secrets_told: bool
    paid: bool
    frozen: list[str]
    verdict: Opinion
    score: float
    reasons: list[str]
    opened_by: str
    opened_at: datetime
    due_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    findings: str | None
    indicators: list[IndicatorView]

    @classmethod
    def of(cls, report: Report, indicators: list[Indicator]) -> "ScamReportView":
        """Show a report."""
        message = report.told.message
        return cls(
            id=report.id,
            state=report.state,
            holder=report.holder,
            interaction=report.interaction,
            kind=message.kind,
            sender=show_sender(message.sender),
            text=message.text,
            secrets_told=report.told.secrets_told,
            paid=report.told.paid,
            frozen=list(report.frozen),
            verdict=report.judgement.verdict,
            score=report.judgement.score,
            reasons=list(report.judgement.codes),
            opened_by=report.opened_by,
            opened_at=report.opened_at,
            due_at=report.due_at,
            reviewed_by=report.reviewed_by,
            reviewed_at=report.reviewed_at,
            findings=report.findings,
            indicators=[
                IndicatorView(
                    id=one.id,
                    kind=one.kind,
                    value=one.value,
                    known_from=one.known_from,
                    known_until=one.known_until,
                )
                for one in indicators
            ],
        )


class ReporterCardView(BaseModel):
    """A card of whoever reported."""

    id: str
    tail: str
    state: str
    held_until: datetime | None


class ReportReasonView(TextView):
    """One reason of the verdict."""

    code: str


class WholeReportView(ScamReportView):
    """A report with its verdict in words, and the cards of whoever reported."""

    why: list[ReportReasonView]
    meaning: TextView
    cards: list[ReporterCardView]

    @classmethod
    def whole(
        cls,
        report: Report,
        indicators: list[Indicator],
        cards: Sequence[Card],
        *,
        config: ScamConfig,
        at: datetime,
    ) -> "WholeReportView":
        """Show all of a report."""
        verdict = f"verdicts.{report.judgement.verdict}"
        return cls(
            **ScamReportView.of(report, indicators).model_dump(),
            why=[show_reason(code) for code in report.judgement.codes],
            meaning=TextView(zh=config.say(verdict, "zh"), en=config.say(verdict, "en")),
            cards=[
                ReporterCardView(
                    id=one.id,
                    tail=one.tail,
                    state=state_at(one, at).value,
                    held_until=one.held_until,
                )
                for one in cards
            ],
        )


class FrozenView(BaseModel):
    """What became of a card."""

    allowed: bool
    already: bool
    tail: str | None
    state: str | None
    held_until: datetime | None

    @classmethod
    def of(cls, outcome: CardOutcome | None) -> "FrozenView | None":
        """Show an outcome, if there is one."""
        if outcome is None:
            return None
        card = outcome.card
        return cls(
            allowed=outcome.allowed,
            already=outcome.already,
            tail=card.tail if card else None,
            state=card.state.value if card else None,
            held_until=card.held_until if card else None,
        )


class ReportedView(BaseModel):
    """A report that was taken in, or why not; and the freeze."""

    allowed: bool
    refusals: list[RefusalView]
    report: ScamReportView | None
    judgement: JudgementView | None
    frozen: FrozenView | None


class ReportHeldView(BaseModel):
    """What became of a hold for a report, with the reasons where it was refused."""

    held: FrozenView
    refusals: list[RefusalView]


def show_refusals(verdict: Verdict, config: ScamConfig) -> list[RefusalView]:
    """Show why something was refused."""
    return [
        RefusalView(code=one.code, source=one.source, words=_words(one.code, config))
        for one in verdict.refusals
    ]


def show_sender(shown: str) -> str:
    """Mask a person's number; a service number or a name is nobody's."""
    number = number_of(shown)
    return mask_phone(shown) if number and len(number) > _SERVICE_DIGITS else shown


def show_reason(code: str) -> ReportReasonView:
    """Tell a reason. A report outlives the rules: a code without words speaks for itself."""
    if f"reasons.{code}" not in load_words():
        return ReportReasonView(code=code, zh=code, en=code)
    words = reason_words(code)
    return ReportReasonView(code=code, zh=words.zh, en=words.en)


def _words(code: str, config: ScamConfig) -> TextView | None:
    key = f"report-reasons.{code}"
    if key not in load_words():
        return None
    return TextView(zh=config.say(key, "zh"), en=config.say(key, "en"))
