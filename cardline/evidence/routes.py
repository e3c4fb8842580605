"""HTTP of evidence: the signed roots, for anybody."""

from collections.abc import AsyncIterator
from typing import Annotated, Protocol

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from cardline.core.transaction import Database
from cardline.evidence import publishing, roots

AT_ONCE = 10_000
"""Roots in one answer: more than a year."""


class PublicServices(Protocol):
    """What the public routes need."""

    @property
    def database(self) -> Database: ...

    def admit_visitor(self, request: Request) -> None:
        """Count a visit of an address; raises where it makes too many."""
        ...


def public_router(services: PublicServices) -> APIRouter:
    """Make the route of published keys and roots."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/evidence/roots")
    async def published(
        request: Request, after: Annotated[int, Query(ge=0, le=10**15)] = 0
    ) -> StreamingResponse:
        """Keys and roots beyond a number, JSON, one a line: whoever keeps them can check us."""
        services.admit_visitor(request)
        async with services.database.transaction() as tx:
            keys = await roots.all_keys(tx)
            found = await roots.read_roots(tx, after=after, limit=AT_ONCE)

        async def lines() -> AsyncIterator[bytes]:
            for key in keys:
                yield publishing.key_line(key)
            for start in range(0, len(found), 500):
                yield b"".join(publishing.root_line(one) for one in found[start : start + 500])

        return StreamingResponse(lines(), media_type="application/jsonl")

    return routes
