"""Types of the softphone and of supervision."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.ids import AgentId, InteractionId
from cardline.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Softphone:
    """The one browser tab that is an agent's phone."""

    agent: AgentId
    tab: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """Answer to a tab that wants to be the phone; ``taken_over``: from another that was alive."""

    verdict: Verdict
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """An agent asks for a lead."""

    interaction: InteractionId
    agent: AgentId
    reason: str
    asked_at: datetime
