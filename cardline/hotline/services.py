"""What a conversation needs from the outside, put together once by ``app``."""

from dataclasses import dataclass
from random import Random
from typing import Protocol

from cardline.cards.corebank import CoreBank
from cardline.complaints.doors.config import DoorConfig
from cardline.core.clock import Clock
from cardline.core.transaction import Database
from cardline.hotline.flows.model import Flow
from cardline.hotline.speech.prompts import Catalogue
from cardline.identity.config import IdentityConfig
from cardline.outreach.campaigns.model import CampaignPolicy
from cardline.ports.line.protocol import Line
from cardline.routing.model import RoutingPolicy
from cardline.trust.caller_identity import CallerIdentity


class Observer(Protocol):
    """Counts what happens, for the operator (row G8)."""

    def call_opened(self, door: str) -> None:
        """A call arrived (``phone``) or was placed (``callback``, ``campaign``)."""
        ...

    def call_ended(self, cause: str) -> None:
        """A call is over."""
        ...

    def act_done(self, act: str, outcome: str, seconds: float) -> None:
        """An act of the flow took so many seconds."""
        ...


@dataclass(frozen=True)
class Services:
    """Shared by all conversations of a node.

    ``trunk`` is the SIP address by which other numbers are reached, with ``{number}`` where the
    number goes; ``shown_number`` is what those who are called see. ``random`` mixes the answers
    of questions. ``bank_call`` is the flow of the calls that the bank makes.
    """

    database: Database
    clock: Clock
    line: Line
    bank: CoreBank
    flow: Flow
    catalogue: Catalogue
    identity: IdentityConfig
    routing: RoutingPolicy
    trunk: str
    shown_number: str
    random: Random
    observer: Observer
    bank_call: Flow
    campaigns: CampaignPolicy
    doors: DoorConfig
    """What taking complaints needs."""
    caller_identity: CallerIdentity | None = None
    """Signs the calls that we make and judges signatures on those that come; ``None``: neither."""
