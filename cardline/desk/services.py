"""What the routes of the workplace need of the application."""

from collections.abc import Callable
from typing import Any, Protocol

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.ids import HolderId
from cardline.core.transaction import Database
from cardline.desk.model import DeskPolicy
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.model import ListenPolicy
from cardline.identity.config import IdentityConfig
from cardline.routing.model import RoutingPolicy


class WorkServices(Protocol):
    """Given by the application."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def identity(self) -> IdentityConfig: ...
    @property
    def desk(self) -> DeskPolicy: ...
    @property
    def routing(self) -> RoutingPolicy: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...

    async def tell_claim(self, interaction: str, holder: HolderId | None) -> None:
        """Let a call that is up know whom it is about."""
        ...

    async def leave_call(self, interaction: str, staff: Staff) -> None:
        """End an agent's part of a call that is up. Raises ``NotFound`` where it is not."""
        ...
