"""What writing letters needs, built once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cardline.cards.model import Language
from cardline.messages.files import Files
from cardline.messages.forms import Form
from cardline.messages.letters.model import Words
from cardline.messages.outcomes import Outcomes
from cardline.outreach.model import ContactPolicy


@dataclass(frozen=True)
class LetterConfig:
    """What writing letters needs; built once, at the start."""

    forms: Mapping[str, Form]
    words: Mapping[Language, Words]
    policy: ContactPolicy
    outcomes: Outcomes
    files: Files
    sender: Mapping[Language, str]
    hotline: str
    back_to: Mapping[Language, str]
    """The bank's own address, in one line: where letters come back to."""
    base_url: str
    answer_within: timedelta
    """How long the desk has to answer a letter that came in, or that came back."""
    tries: int = 6
    pauses: tuple[float, ...] = (10.0, 60.0, 300.0, 900.0, 3600.0)
    lease_seconds: float = 120.0
