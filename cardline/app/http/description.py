"""The description of the HTTP API (OpenAPI), which the pages of staff are generated from."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from cardline.app.http.access import bearer, cookie

API = "/api/v1/"

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_REFUSED = {
    "401": "No token and no session, or one that does not hold",
    "403": "Not for this role, or not without its CSRF token",
    "404": "There is no such thing",
    "409": "The state has changed, or does not allow it",
    "422": "Not well formed, or refused with the reason",
}


class Refusal(BaseModel):
    """The body of every error: a stable code for programs, a sentence for people."""

    code: str
    message: str


def describe(application: FastAPI) -> None:
    """Let every route of the API be described with the refusals that all of them share.

    They are written in once the routes are known: given to each route instead, every one of them
    would build five checkers for bodies that we write ourselves, a second of every start.
    """

    def description() -> dict[str, Any]:
        if application.openapi_schema is None:
            application.openapi_schema = _described(application)
        return application.openapi_schema

    application.openapi = description  # type: ignore[method-assign]  # FastAPI's own way


def _described(application: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=application.title, version=application.version, routes=application.routes
    )
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for path, operations in made["paths"].items():
        if not path.startswith(API):
            continue
        for method in _METHODS & operations.keys():
            operations[method]["responses"].update(
                {code: {"description": why, "content": body} for code, why in _REFUSED.items()}
            )
            _by_session_too(operations[method])
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas["Refusal"] = Refusal.model_json_schema()
    return made


def _by_session_too(operation: dict[str, Any]) -> None:
    """Say that whoever may come with a token may come with the session of a browser instead."""
    if {bearer.scheme_name: []} in operation.get("security", []):
        operation["security"].append({cookie.scheme_name: []})
