"""What judging needs, built once at the start."""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards.model import Language
from cardline.core.policy import AreaPolicy, load_area
from cardline.trust.model import TrustConfig
from cardline.trust.scam import rules
from cardline.trust.scam.catalogue import Signals, load_signals, load_words
from cardline.trust.scam.learned import Learned, load_model
from cardline.trust.scam.model import Judgement, Message, Registry, ScamPolicy
from cardline.trust.scam.policy import scam_policy

_MOST_TIPS = 3


@dataclass(frozen=True)
class ScamConfig:
    """Signals, model, policy, what is official, and the numbers that people are told to call."""

    signals: Signals
    model: Learned | None
    policy: ScamPolicy
    registry: Registry
    hotline: str
    police: str
    antifraud: str
    trust: TrustConfig | None = None
    """Where the bank keeps its own register; its entries in force are official too."""

    def judge(
        self, message: Message, *, at: datetime, registry: Registry | None = None
    ) -> Judgement:
        """Judge a message; ``registry``: as it is in force now, with the scams that are known."""
        return rules.judge(
            message,
            registry=registry or self.registry,
            signals=self.signals,
            model=self.model,
            policy=self.policy,
            at=at,
        )

    def tips(self, judgement: Judgement) -> tuple[str, ...]:
        """Return the keys of what helps in this case (row E7), the weightiest first, three at most.

        Nothing for what is official: there is nothing to be helped.
        """
        if judgement.verdict == "official":
            return ()
        groups = (
            self.signals.weight(one.code).group
            for one in judgement.reasons
            if one.code in self.signals.found
        )
        known = (f"tips.{group}" for group in dict.fromkeys(groups))
        return tuple(key for key in known if key in load_words())[:_MOST_TIPS]

    def say(self, key: str, language: Language, **values: object) -> str:
        """Return a text of the catalogue, the numbers to call filled in. Raises ``KeyError``."""
        return self.fill(load_words()[key].in_language(language), **values)

    def fill(self, text: str, **values: object) -> str:
        """Return a text with the numbers to call filled in."""
        known = {"hotline": self.hotline, "police": self.police, "antifraud": self.antifraud}
        return text.format(**{**known, **values})


def scam_config(
    *, registry: Registry, hotline: str, pack: str = "cn", trust: TrustConfig | None = None
) -> ScamConfig:
    """Read signals, words, model and policy; raises where one of them is not well formed."""
    doors: AreaPolicy = load_area("guidance", pack=pack)
    load_words()
    return ScamConfig(
        signals=load_signals(),
        model=load_model(),
        policy=scam_policy(load_area("scam", pack=pack)),
        registry=registry,
        hotline=hotline,
        police=doors.text("door_police"),
        antifraud=doors.text("door_antifraud"),
        trust=trust,
    )
