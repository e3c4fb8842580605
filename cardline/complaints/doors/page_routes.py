"""The pages for complaints together: those of holders, and those for anybody."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Depends, Request

from cardline.complaints.doors import form_routes, own_routes
from cardline.complaints.doors.config import FOLDER
from cardline.complaints.doors.showing import DoorServices, Shown
from cardline.portal.web import Pages

TEMPLATES: Final = FOLDER / "templates"


def router(services: DoorServices) -> APIRouter:
    """Make the pages."""
    routes = APIRouter(include_in_schema=False, dependencies=[Depends(_closing)])
    shown = Shown(services, Pages(services.portal, more=(TEMPLATES,)))
    own_routes.add(routes, services, shown)
    form_routes.add(routes, services, shown)
    return routes


async def _closing(request: Request) -> AsyncIterator[None]:
    """Let go of the files of a form once it is answered."""
    yield
    await request.close()
