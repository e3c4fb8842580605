"""The staff's single-page application: ``/desk``, every address below it, and its files.

The build (`ui/desk`) leaves its files in ``static/desk``; their names hold a hash of what is in
them, so a browser keeps them for good, while the page that names them is never kept.
"""

import secrets
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

from cardline.core.home import home

DESK = Path(__file__).parents[1] / "static" / "desk"
_NONCE = "__NONCE__"
_HOME = 'data-zone="Asia/Shanghai" data-language="zh"'
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Cardline</title>
<h1>The desk has not been built</h1>
<p>Run <code>make run</code>, which builds it, or <code>tools/desk build</code>,
and load this page again. The hotline works meanwhile.</p></html>"""


def router(folder: Path = DESK) -> APIRouter:
    """Make the routes of the pages; they are no part of the API."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/desk/assets/{name}")
    def asset(name: str) -> Response:
        """A file whose name changes with its contents."""
        path = folder / "assets" / name
        if not path.is_file():
            return Response(status_code=404)
        return FileResponse(path, headers=_KEPT)

    @routes.get("/desk/icon.svg")
    def icon() -> Response:
        """What a browser shows in its tab."""
        path = folder / "icon.svg"
        return FileResponse(path) if path.is_file() else Response(status_code=404)

    @routes.get("/desk")
    @routes.get("/desk/{address:path}")
    def desk() -> Response:
        """The page; which screen it shows is the browser's business."""
        try:
            page = (folder / "index.html").read_text(encoding="utf-8")
        except FileNotFoundError:
            return HTMLResponse(_MISSING, status_code=503)
        nonce = secrets.token_urlsafe(16)
        return HTMLResponse(
            page.replace(_NONCE, nonce).replace(_HOME, _at_home()),
            headers={
                "Content-Security-Policy": _policy(nonce),
                "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
            },
        )

    return routes


def _at_home() -> str:
    """The zone in which the page shows times, and its language until somebody has chosen one."""
    at = home()
    return f'data-zone="{at.zone.key}" data-language="{at.language}"'


def _policy(nonce: str) -> str:
    """Scripts come from our own files alone; styles that they make carry the page's nonce."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
