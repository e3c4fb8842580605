"""What the doors need, built once at the start."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cardline.complaints.config import ComplaintConfig
from cardline.complaints.doors.model import DoorPolicy
from cardline.complaints.doors.policy import door_policy
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
    packs: bool = False
    """True where evidence packs can be had of these pages."""

    @property
    def hotline(self) -> str:
        """The number of the hotline as people dial it."""
        return self.complaints.sms.hotline

    def pack_at(self, complaint: str) -> str:
        """Return where the complainant gets the evidence pack; empty where there is none."""
        return f"/my/complaints/{complaint}/evidence.zip" if self.packs else ""


def door_config(
    complaints: ComplaintConfig, files: Files, *, files_at_once: int, pack: str = "cn"
) -> DoorConfig:
    """Read policy and texts; raises where one of them is not well formed or a way has no text."""
    policy = door_policy(
        load_area("complaint_doors", pack=pack), lambda area: load_area(area, pack=pack)
    )
    texts = load_texts(FOLDER)
    for way in policy.ways:
        texts.say(f"way.{way.name}.title", "zh")
        texts.say(f"way.{way.name}.how", "zh", **policy.facts)
    return DoorConfig(policy, texts, complaints, files, files_at_once)
