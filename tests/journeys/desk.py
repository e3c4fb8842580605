"""The HTTP API as staff use it, and how an interaction is read."""

from collections.abc import Sequence
from typing import Any

import httpx

from cardline.core.masking import mask_phone
from tests.journeys.program import Program


class Desk:
    """The HTTP API as one member of staff uses it."""

    def __init__(self, program: Program, token: str) -> None:
        self.program = program
        self._client = httpx.AsyncClient(
            base_url=f"http://{program.http}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
            verify=False,
            # The server lets go of a connection that is idle for 5 s; so long no client waits.
            limits=httpx.Limits(keepalive_expiry=2),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def get(self, path: str, **query: str) -> Any:
        """Get something. Raises AssertionError where that is refused."""
        return _told(await self._client.get(path, params=query))

    async def get_if_there(self, path: str) -> Any:
        """Get something, or ``None`` where there is no such thing now."""
        response = await self._client.get(path)
        return None if response.status_code in (204, 404) else _told(response)

    async def let_go(self, tab: str) -> None:
        """Close a tab that is, or was, the phone."""
        await self._client.delete("/softphone", params={"tab": tab})

    async def nothing(self, path: str) -> bool:
        """Say whether there is nothing to get (204)."""
        return (await self._client.get(path)).status_code == 204

    async def post(self, path: str, **body: Any) -> Any:
        """Do something. Raises AssertionError where that is refused."""
        return _told(await self.attempt(path, **body))

    async def put(self, path: str, **body: Any) -> Any:
        """Write something. Raises AssertionError where that is refused."""
        return _told(await self._client.put(path, json=body))

    async def content(self, path: str) -> bytes:
        """Get a file. Raises AssertionError where that is refused."""
        response = await self._client.get(path)
        assert response.status_code == 200, f"{path}: {response.text}"
        return response.content

    async def hand_in(self, path: str, files: Sequence[Any], **fields: str) -> Any:
        """Send a form with files. Raises AssertionError where that is refused."""
        return _told(await self._client.post(path, data=fields, files=list(files)))

    async def attempt(self, path: str, **body: Any) -> httpx.Response:
        """Try something that may be refused."""
        return await self._client.post(path, json=body)

    async def listen(self, interaction: str, *, reason: str) -> httpx.Response:
        """Try to get a recording."""
        path = f"/interactions/{interaction}/recording"
        return await self._client.get(path, params={"reason": reason})

    async def interaction_from(self, number: str) -> dict[str, Any]:
        """Return the newest interaction with somebody's number."""
        shown = mask_phone(number)
        for one in await self.get("/interactions", limit="200"):
            if one["from"] == shown:
                whole: dict[str, Any] = await self.get(f"/interactions/{one['id']}")
                return whole
        raise AssertionError(f"there is no interaction from {shown}")


def _told(response: httpx.Response) -> Any:
    assert response.status_code == 200, f"{response.request.url}: {response.text}"
    return response.json()


def texts(interaction: dict[str, Any]) -> list[str]:
    """Return everything that was said in an interaction, as text."""
    return [
        line["said"]
        for line in interaction["timeline"]
        if line["kind"] == "hotline.step" and "said" in line
    ]


def kinds(interaction: dict[str, Any]) -> list[str]:
    """Return the kinds of what happened in an interaction, in order."""
    return [line["kind"] for line in interaction["timeline"]]


def line_of(interaction: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the first line of this kind in the timeline."""
    found = [line for line in interaction["timeline"] if line["kind"] == kind]
    assert found, f"no {kind} in {kinds(interaction)}"
    return dict(found[0])
