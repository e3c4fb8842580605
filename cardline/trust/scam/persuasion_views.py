"""How the persuasion script and the terms of a cooling-off are told over HTTP (row E4)."""

from datetime import datetime

from pydantic import BaseModel

from cardline.trust.scam.catalogue import WEIGHTLESS, Words, load_words
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.persuasion import load_script
from cardline.trust.scam.report_views import ReportReasonView
from cardline.trust.scam.views import TextView

_REASONS = "reasons."


class PersuasionStepView(BaseModel):
    """One step of the script, and the sentences that are said."""

    code: str
    title: TextView
    say: list[TextView]


class ObjectionView(BaseModel):
    """What a holder answers, and what helps."""

    code: str
    they: TextView
    you: TextView


class CoolingOffView(BaseModel):
    """A cooling-off as it would be if it began now: what stops, what stays, who may end it."""

    hours: int
    until: datetime
    stops: TextView
    stays: TextView
    ends: TextView


class PersuasionView(BaseModel):
    """The script, the terms of a cooling-off, and the reasons that may be told."""

    steps: list[PersuasionStepView]
    objections: list[ObjectionView]
    cooling_off: CoolingOffView
    reasons: list[ReportReasonView]


def show_persuasion(config: ScamConfig, *, at: datetime) -> PersuasionView:
    """Show the script with the numbers of this bank filled in."""
    script, length = load_script(), config.policy.cooling_off
    hours = int(length.total_seconds() // 3600)

    def text(words: Words) -> TextView:
        return TextView(
            zh=config.fill(words.zh, hours=hours), en=config.fill(words.en, hours=hours)
        )

    return PersuasionView(
        steps=[
            PersuasionStepView(
                code=one.code, title=text(one.title), say=[text(each) for each in one.say]
            )
            for one in script.steps
        ],
        objections=[
            ObjectionView(code=one.code, they=text(one.they), you=text(one.you))
            for one in script.objections
        ],
        cooling_off=CoolingOffView(
            hours=hours,
            until=at + length,
            stops=text(script.cooling["stops"]),
            stays=text(script.cooling["stays"]),
            ends=text(script.cooling["ends"]),
        ),
        reasons=[
            ReportReasonView(code=key.removeprefix(_REASONS), zh=words.zh, en=words.en)
            for key, words in load_words().items()
            if key.startswith(_REASONS) and key.removeprefix(_REASONS) not in WEIGHTLESS
        ],
    )


def step_titles(codes: tuple[str, ...], config: ScamConfig) -> list[ReportReasonView]:
    """Tell which steps were said; a step that the script has no more speaks for itself."""
    titles = {one.code: one.title for one in load_script().steps}
    found = [(code, titles.get(code, Words(code, code))) for code in codes]
    return [
        ReportReasonView(code=code, zh=config.fill(words.zh), en=config.fill(words.en))
        for code, words in found
    ]
