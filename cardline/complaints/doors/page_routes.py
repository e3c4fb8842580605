"""The pages for complaints together: those of holders, and those for anybody."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Depends, Request

from cardline.complaints.doors import form_routes, own_routes
from cardline.complaints.doors.config import FOLDER
from cardline.complaints.doors.showing import DoorServices
from cardline.portal.web import Pages

TEMPLATES: Final = FOLDER / "templates"


def router(services: DoorServices) -> APIRouter:
    """Make the pages."""
    routes = APIRouter(dependencies=[Depends(_closing)])
    pages = Pages(services.portal, more=(TEMPLATES,))
    routes.include_router(own_routes.router(services, pages))
    routes.include_router(form_routes.router(services, pages))
    return routes


async def _closing(request: Request) -> AsyncIterator[None]:
    """Let go of the files of a form once it is answered."""
    yield
    await request.close()
