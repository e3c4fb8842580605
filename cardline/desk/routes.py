"""HTTP for interactions: lists, one whole, its recording."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse

from cardline.core.clock import Clock
from cardline.core.errors import NotFound
from cardline.core.transaction import Database, JsonObject
from cardline.desk import actions
from cardline.desk.staff_model import Role, Staff
from cardline.desk.timeline import story, summary


class DeskServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def recordings(self) -> Path: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


def router(services: DeskServices) -> APIRouter:
    """Make the routes of interactions."""
    routes = APIRouter(prefix="/api/v1", tags=["interactions"])
    everybody = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))
    listeners = Depends(services.require("lead", "quality", "compliance"))

    @routes.get("/staff/me")
    async def me(staff: Annotated[Staff, everybody]) -> Staff:
        """Say who is asking."""
        return staff

    @routes.get("/interactions")
    async def list_interactions(
        staff: Annotated[Staff, everybody],
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[JsonObject]:
        """List interactions, newest first."""
        async with services.database.transaction() as tx:
            return [summary(one) for one in await actions.latest(tx, limit=limit)]

    @routes.get("/interactions/{interaction}")
    async def one_interaction(interaction: str, staff: Annotated[Staff, everybody]) -> JsonObject:
        """Tell an interaction whole: timeline, legs, verdicts, recording."""
        async with services.database.transaction() as tx:
            told = await story(tx, interaction)
        if told is None:
            raise NotFound("there is no such interaction")
        return told

    @routes.get("/interactions/{interaction}/recording")
    async def recording(
        interaction: str,
        reason: Annotated[str, Query(min_length=4, max_length=200)],
        staff: Annotated[Staff, listeners],
    ) -> FileResponse:
        """Give the recording; who listened and why is journaled (row F4)."""
        async with services.database.transaction() as tx:
            path = await actions.listen(
                tx, interaction, by=staff.actor, reason=reason, at=services.clock()
            )
        return FileResponse(services.recordings / path, media_type="audio/wav")

    return routes
