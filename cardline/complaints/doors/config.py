"""What the doors need, built once at the start."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cardline.complaints.config import ComplaintConfig
from cardline.complaints.doors.model import DoorPolicy
from cardline.complaints.doors.policy import door_policy
from cardline.complaints.telling_model import WayOn, Words
from cardline.core.policy import load_area
from cardline.messages.files import Files
from cardline.portal.texts import Texts, load_texts

FOLDER: Final = Path(__file__).parent
"""Where the catalogue lies; the templates lie below it."""


@dataclass(frozen=True)
class DoorConfig:
    """Numbers and texts of the doors, and what the engine behind them needs."""

    policy: DoorPolicy
    texts: Texts
    complaints: ComplaintConfig
    files: Files
    files_at_once: int

    @property
    def hotline(self) -> str:
        """The number of the hotline as people dial it."""
        return self.complaints.sms.hotline


def door_config(
    complaints: ComplaintConfig, files: Files, *, files_at_once: int, pack: str = "cn"
) -> DoorConfig:
    """Read policy and texts; raises where one of them is not well formed or a way has no text."""
    policy, texts = _policy(pack), load_texts(FOLDER)
    _ways(policy, texts)
    return DoorConfig(policy, texts, complaints, files, files_at_once)


def ways_on(*, pack: str = "cn") -> tuple[WayOn, ...]:
    """Return the ways on in words, as letters and e-mails tell them; raises as ``door_config``."""
    return _ways(_policy(pack), load_texts(FOLDER))


def _policy(pack: str) -> DoorPolicy:
    return door_policy(
        load_area("complaint_doors", pack=pack), lambda area: load_area(area, pack=pack)
    )


def _ways(policy: DoorPolicy, texts: Texts) -> tuple[WayOn, ...]:
    def both(key: str, **facts: str) -> Words:
        return Words(texts.say(key, "zh", **facts), texts.say(key, "en", **facts))

    return tuple(
        WayOn(
            way.name,
            both(f"way.{way.name}.title"),
            both(f"way.{way.name}.how", **policy.facts),
            way.line,
        )
        for way in policy.ways
    )
