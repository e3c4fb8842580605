"""HTTP: what may be said to whoever a conversation is about, and why not (rows D1, D5)."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import parse_phone
from cardline.core.roles import Role
from cardline.core.transaction import Database
from cardline.desk.interactions.claims import looked, party_only
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.model import ListenPolicy
from cardline.identity.config import IdentityConfig
from cardline.outreach import actions
from cardline.outreach.views import PermissionsView


class OutreachServices(Protocol):
    """What these routes need."""

    database: Database
    bank: CoreBank
    identity: IdentityConfig
    clock: Clock
    looks: ListenPolicy

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        """Return the dependency that lets only these roles in."""
        ...


def router(services: OutreachServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1", tags=["outreach"])
    reader = Depends(services.require("agent", "lead", "quality", "compliance"))

    @routes.get("/interactions/{interaction}/permissions")
    async def permissions(interaction: str, staff: Annotated[Staff, reader]) -> PermissionsView:
        """Consents, withdrawals, blocks and wishes, and what the gate says now of every way."""
        at = services.clock()
        async with services.database.transaction() as tx:
            found = await party_only(tx, interaction, staff, ringing=True)
            await looked(tx, found, by=staff, policy=services.looks, at=at)
            holder = (
                await services.bank.holder(tx, holder_id=HolderId(found.holder_id))
                if found.holder_id
                else None
            )
            told = await actions.permissions_of(
                tx,
                holder=holder.id if holder else None,
                phone=holder.phone if holder else parse_phone(found.from_number),
                policy=services.identity.sms.policy,
                at=at,
                zone=ZoneInfo(holder.zone) if holder else home().zone,
            )
        return PermissionsView.of(told, known=holder is not None)

    return routes
