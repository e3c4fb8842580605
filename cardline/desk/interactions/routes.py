"""HTTP for interactions: lists, one whole, its recording."""

from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel
from pydantic import Field as Limits

from cardline.core.clock import Clock
from cardline.core.phone import parse_phone
from cardline.core.transaction import Database, JsonObject
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.interactions import listing
from cardline.desk.interactions.list_store import Wanted
from cardline.desk.interactions.timeline import story_for
from cardline.desk.interactions.views import ContactView, show_contact
from cardline.desk.recordings import listening
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.evidence.sealing.recordings import Recordings
from cardline.evidence.sealing.serving import range_begins, recording_response


class ListQuery(BaseModel):
    """What the list is narrowed to. ``q``: words of summaries and notes, a number, or an id."""

    holder: str | None = Limits(default=None, max_length=64)
    agent: str | None = Limits(default=None, max_length=64)
    door: str | None = Limits(default=None, max_length=20)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    outcome: str | None = Limits(default=None, max_length=40)
    q: str | None = Limits(default=None, max_length=100)
    after: str | None = Limits(default=None, max_length=64)
    limit: int = Limits(default=50, ge=1, le=200)

    def wanted(self) -> Wanted:
        """Say it to the store; a number in ``q`` is compared whole."""
        number = parse_phone(self.q) if self.q and self.q.strip("+- 0123456789") == "" else None
        return Wanted(
            holder=self.holder,
            number=number,
            agent=self.agent,
            door=self.door,
            since=self.since,
            until=self.until,
            outcome=self.outcome,
            words=self.q if number is None else None,
        )


class DeskServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


def router(services: DeskServices) -> APIRouter:
    """Make the routes of interactions."""
    routes = APIRouter(prefix="/api/v1", tags=["interactions"])
    words = load_desk_catalogue()
    everybody = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))
    listeners = Depends(services.require("agent", "lead", "quality", "compliance"))

    @routes.get("/staff/me")
    async def me(staff: Annotated[Staff, everybody]) -> Staff:
        """Say who is asking."""
        return staff

    @routes.get("/interactions")
    async def list_interactions(
        staff: Annotated[Staff, everybody],
        wanted: Annotated[ListQuery, Query()],
    ) -> list[ContactView]:
        """List interactions, newest first; ``after``: the id of the last one seen.

        Agents find those in which they take part or have a task from: their own work. Whose lines
        anybody else sees is journaled (row F4).
        """
        async with services.database.transaction() as tx:
            found = await listing.listed(
                tx, wanted.wanted(), after=wanted.after, limit=wanted.limit, by=staff
            )
            seen = (each.interaction for each in found)
            rows = [Row(one.holder_id, None if one.holder_id else one.id) for one in seen]
            if staff.role != "agent":
                await record_list(tx, rows, by=staff, policy=services.looks, at=services.clock())
        return [show_contact(one, words, role=staff.role) for one in found]

    @routes.get("/interactions/{interaction}")
    async def one_interaction(interaction: str, staff: Annotated[Staff, everybody]) -> JsonObject:
        """Tell an interaction: timeline, legs, verdicts, recording; narrowed by who asks."""
        async with services.database.transaction() as tx:
            return await story_for(
                tx, interaction, by=staff, looks=services.looks, at=services.clock()
            )

    @routes.get("/interactions/{interaction}/recording")
    async def recording(
        request: Request,
        interaction: str,
        staff: Annotated[Staff, listeners],
        reason: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """Give the recording, whole or the range asked for; who listened and why is journaled.

        Agents listen to their own calls for a time, without a reason; others say why (row F4).
        """
        wanted = request.headers.get("range", "")
        async with services.database.transaction() as tx:
            found = await listening.listen(
                tx,
                interaction,
                by=staff,
                reason=reason,
                policy=services.looks,
                goes_on=not range_begins(wanted),
                at=services.clock(),
            )
            opened = await services.recordings.open(tx, found.path)
        return recording_response(opened, wanted=wanted)

    return routes
