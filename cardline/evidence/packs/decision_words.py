"""What was decided and why, in words: own ones from ``decisions.toml``, others from their areas."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardline.cards.model import Language

Say = Callable[[str, Language], str]
"""Says a code of an area; nothing where the area does not know it."""

_FILE = Path(__file__).with_name("decisions.toml")


@cache
def _catalogue() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class DecisionWords:
    """Words of decisions. ``acts``: what was asked for; ``factors``: what proves somebody;
    ``reasons``: those of other areas, the first that knows a code says it."""

    acts: Say
    factors: Say
    reasons: Sequence[Say]

    def kind(self, kind: str, language: Language) -> str:
        """Say what was decided; the kind itself where it has no words."""
        known = _catalogue()["kinds"].get(kind)
        return known[language] if known else kind

    def about(self, act: str, language: Language) -> str:
        """Say which act it was about; nothing where it has no words."""
        return self.acts(act, language) if act else ""

    def reason(self, code: str, language: Language) -> str:
        """Say a reason; the code itself where it has no words."""
        catalogue = _catalogue()
        known = catalogue["reasons"].get(code)
        if known:
            return known[language]
        how, _, factor = code.partition("-")
        if how in catalogue["factors"] and (
            name := self.factors(factor.replace("-", "_"), language)
        ):
            return catalogue["factors"][how][language].format(factor=name)
        return next((said for one in self.reasons if (said := one(code, language))), code)
