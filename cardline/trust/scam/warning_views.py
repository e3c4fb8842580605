"""How a warning on record is told over HTTP (row E4)."""

from datetime import datetime

from pydantic import BaseModel

from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import Kind, Opinion, ScamWarning
from cardline.trust.scam.persuasion_views import step_titles
from cardline.trust.scam.report_views import (
    FrozenView,
    RefusalView,
    ReportReasonView,
    show_reason,
    show_sender,
)
from cardline.trust.scam.views import TextView


class JudgedView(BaseModel):
    """What the holder had received or was told, and what it was taken for; ``sender`` masked."""

    kind: Kind
    sender: str
    text: str
    verdict: Opinion
    score: float
    meaning: TextView


class ScamWarningView(BaseModel):
    """A warning on record: the reasons in words, what was said, what the holder decided."""

    id: str
    interaction: str
    reasons: list[str]
    why: list[ReportReasonView]
    told: list[ReportReasonView]
    judged: JudgedView | None
    words: str
    goes_on: bool
    card: str | None
    cools_until: datetime | None
    author: str
    at: datetime

    @classmethod
    def of(cls, one: ScamWarning, config: ScamConfig) -> "ScamWarningView":
        """Show a warning."""
        judged = one.judged
        return cls(
            id=one.id,
            interaction=one.interaction,
            reasons=list(one.reasons),
            why=[show_reason(code) for code in one.reasons],
            told=step_titles(one.told, config),
            judged=(
                JudgedView(
                    kind=judged.message.kind,
                    sender=show_sender(judged.message.sender),
                    text=judged.message.text,
                    verdict=judged.verdict,
                    score=judged.score,
                    meaning=TextView(
                        zh=config.say(f"verdicts.{judged.verdict}", "zh"),
                        en=config.say(f"verdicts.{judged.verdict}", "en"),
                    ),
                )
                if judged
                else None
            ),
            words=one.words,
            goes_on=one.goes_on,
            card=one.card,
            cools_until=one.cools_until,
            author=one.author,
            at=one.at,
        )


class WarnedView(BaseModel):
    """Whether a warning was recorded, and the cooling-off."""

    allowed: bool
    refusals: list[RefusalView]
    warning: ScamWarningView | None
    hold: FrozenView | None
