"""Routes by the first folders of their path: none has hundreds of others tried before it."""

from fastapi import APIRouter
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

_API = ["", "api", "v1"]


class Shelves:
    """Hands a request to a router that has only the routes which may fit its path.

    A shelf is named by the first folder of a path, or for the API by the one after its version.
    Whatever could answer there stands on it, in the order of all: so it also knows what is missing
    there, and which method is not allowed. What has no shelf goes ``otherwise``.
    """

    def __init__(self, routes: list[BaseRoute], otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        stored = [(_shelf(_path(route)), route) for route in routes]
        self._shelves = {
            name: APIRouter(routes=[one for place, one in stored if place in (name, None)])
            for name in {place for place, _ in stored if place is not None}
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        shelf = self._shelves.get(_shelf(scope.get("path", "")) or "")
        await (shelf or self._otherwise)(scope, receive, send)


def _path(route: BaseRoute) -> str:
    """The path as it was declared; a route that keeps none may answer anything."""
    return str(getattr(route, "path", "/{any}"))


def _shelf(path: str) -> str | None:
    """Name the shelf of a path; ``None`` where a parameter stands for its name."""
    folders = path.split("/", 4)
    name = "/".join(folders[:4] if folders[:3] == _API else folders[:2])
    return None if "{" in name else name
