"""Types of messages of the app and of the official account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cardline.cards.model import Language
from cardline.core.ids import HolderId, InteractionId
from cardline.messages.forms import Form
from cardline.messages.outcomes import Outcomes
from cardline.outreach.model import ContactPolicy

Account = Literal["app", "official-account"]

WAKE_CHANNEL = "app_messages"
"""The ``NOTIFY`` channel that tells the dispatcher of a new message."""

TEMPLATES = Path(__file__).parent / "templates.yaml"


@dataclass(frozen=True, slots=True)
class AppMessage:
    """One message that came in. It waits for an answer while ``due_at`` is set."""

    message: str
    interaction: InteractionId
    account: Account
    party: str
    holder: HolderId | None
    text: str
    due_at: datetime | None
    answered_by: str | None
    at: datetime


@dataclass(frozen=True)
class AppConfig:
    """What these messages need; built once, at the start."""

    forms: Mapping[str, Form]
    policy: ContactPolicy
    outcomes: Outcomes
    sender: Mapping[Language, str]
    hotline: str
    answer_within: timedelta
    tries: int = 8
    pauses: tuple[float, ...] = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
    lease_seconds: float = 60.0
