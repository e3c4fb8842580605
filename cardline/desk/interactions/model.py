"""Types of interactions: one conversation with somebody, by whatever door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.cards.model import Language
from cardline.core.ids import AgentId, CallId, HolderId, InteractionId, LegId
from cardline.core.transaction import JsonObject
from cardline.identity.model import Proofs

Door = Literal["phone", "callback", "campaign", "chat", "message", "email", "letter", "app"]
LegPurpose = Literal["offer", "consult", "transfer", "monitor"]
Monitoring = Literal["listen", "whisper", "join"]
"""How a lead follows somebody else's talk: hears it; is heard by the agent; is heard by all."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """An interaction as it is stored; its history is the journal stream of the same id."""

    id: InteractionId
    door: Door
    call: CallId
    """Empty where the door is no call."""
    line: str
    from_number: str
    to_number: str
    holder_id: HolderId | None
    language: Language | None
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    flow_version: str
    state: JsonObject
    proofs: Proofs
    continues: InteractionId | None
    erased_at: datetime | None = None
    """When what was personal in it was erased; its story is told to nobody any more."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One party that was rung within an interaction."""

    leg: LegId
    agent_id: AgentId | None
    target: str
    purpose: LegPurpose
    monitoring: Monitoring | None
    dialled_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Recording:
    """The stereo file of a call: left the caller, right all that the caller heard."""

    call: CallId
    interaction: InteractionId
    path: str
    seconds: float
    bytes: int
    sha256: str
    gaps: list[JsonObject]
    stored_at: datetime
    erased_at: datetime | None = None
    """When it was erased by the rules of retention: the hash stays, the sound is gone for good."""
