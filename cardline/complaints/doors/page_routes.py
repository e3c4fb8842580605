"""The pages for complaints together: those of holders, and those for anybody."""

from typing import Final

from fastapi import APIRouter

from cardline.complaints.doors import form_routes, own_routes
from cardline.complaints.doors.config import FOLDER
from cardline.complaints.doors.showing import DoorServices, Shown
from cardline.portal.web import Pages, page_routes

TEMPLATES: Final = FOLDER / "templates"


def router(services: DoorServices) -> APIRouter:
    """Make the pages."""
    routes = page_routes("")
    shown = Shown(services, Pages(services.portal, more=(TEMPLATES,)))
    own_routes.add(routes, services, shown)
    form_routes.add(routes, services, shown)
    return routes
