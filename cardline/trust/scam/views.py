"""How a judgement is told, to people and programs."""

from pydantic import BaseModel

from cardline.trust.scam.catalogue import reason_words
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import Judgement, Opinion


class ScamReasonView(BaseModel):
    """One reason. ``weight``: what it counts alone; 0 for what is only worth knowing."""

    code: str
    zh: str
    en: str
    weight: float
    evidence: str


class TextView(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class JudgementView(BaseModel):
    """The verdict with every reason, the heaviest first, what to do next, and what helps
    where it has happened already (``tips``)."""

    verdict: Opinion
    score: float
    reasons: list[ScamReasonView]
    meaning: TextView
    advice: TextView
    tips: list[TextView]
    rule: str

    @classmethod
    def of(cls, judgement: Judgement, config: ScamConfig) -> "JudgementView":
        """Tell a judgement."""
        return cls(
            verdict=judgement.verdict,
            score=judgement.score,
            reasons=[
                ScamReasonView(
                    code=one.code,
                    zh=reason_words(one.code).zh,
                    en=reason_words(one.code).en,
                    weight=one.weight,
                    evidence=one.evidence,
                )
                for one in judgement.reasons
            ],
            meaning=_both(config, f"verdicts.{judgement.verdict}"),
            advice=_both(config, f"advice.{judgement.verdict}"),
            tips=[_both(config, key) for key in config.tips(judgement)],
            rule=judgement.rule,
        )


def _both(config: ScamConfig, key: str) -> TextView:
    return TextView(zh=config.say(key, "zh"), en=config.say(key, "en"))
