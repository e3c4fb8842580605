"""Chats over HTTP: the application with its browsers, a pretended scanner and log-in."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.app.http.application import WebServices
from cardline.core.actor import OPERATOR
from cardline.core.ids import AgentId, HolderId
from cardline.core.policy import load_area
from cardline.desk.policy import read_desk_policy
from cardline.desk.staff import actions as staff_actions
from cardline.desk.staff.model import Role, Staff
from cardline.identity.model import Proofs
from cardline.messages.chat.hub import ChatHub
from cardline.messages.files import Files
from cardline.ports.files import Scan
from tests.actions.chat_room import CONFIG, NOW, Room
from tests.actions.staff_desk import CONFIG as LOGIN
from tests.partial import partial_application


@dataclass(frozen=True)
class _Session:
    holder: HolderId
    csrf: str
    proofs: Proofs = field(default_factory=Proofs)


class Scanner:
    def __init__(self) -> None:
        self.answer: Scan = "clean"

    async def scan(self, content: bytes) -> Scan:
        return self.answer


@dataclass
class Web:
    """The application with its browsers."""

    room: Room
    application: Any
    scanner: Scanner
    folder: Path
    hub: ChatHub

    def browser(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.application, client=("192.0.2.9", 5000))
        return httpx.AsyncClient(
            transport=transport, base_url="http://bank.example", headers=headers
        )

    def agent(self, number: str) -> httpx.AsyncClient:
        return self.browser(Authorization=f"Bearer token of {number}")

    async def hire(self, number: str, role: Role = "agent", *skills: str) -> httpx.AsyncClient:
        agent = AgentId(f"a{number}") if role in ("agent", "lead") else None
        if agent:
            await self.room.hire(agent, *skills, role=role, ready=False)
        async with self.room.database.transaction() as tx:
            await staff_actions.add_staff(
                tx,
                Staff(number, "林晓", role, agent, None),
                token=f"token of {number}",
                phone_ha1=None,
                by=OPERATOR,
                at=self.room.now,
            )
        return self.agent(number)


@asynccontextmanager
async def chat_web(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Web]:
    """Serve chats; a header says which holder is logged in."""
    room = Room(database, NOW)
    scanner = Scanner()
    hub = ChatHub(database, lambda: room.now)

    async def session(self: WebServices, request: Any) -> _Session | None:
        holder = request.headers.get("x-test-holder")
        return _Session(HolderId(holder), f"csrf of {holder}") if holder else None

    monkeypatch.setattr(WebServices, "holder_session", session)
    application = partial_application(
        clock=lambda: room.now,
        chat_hub=hub,
        database=database,
        desk=read_desk_policy(load_area("desk")),
        login=LOGIN,
        chat=CONFIG,
        files=Files(DiskShelf(folder), CONFIG.policy.files, scanner),
    )
    listening = asyncio.create_task(hub.run(database))
    yield Web(room, application, scanner, folder, hub)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


async def post(
    client: httpx.AsyncClient, path: str, csrf: str, *, file: Any = None, **fields: str
) -> httpx.Response:
    data = {"csrf": csrf, "language": "zh", "key": f"k{id(fields)}{len(str(fields))}"} | fields
    return await client.post(path, data=data, files={"file": file} if file else None)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 9), (1, 2, 3)).save(out, "PNG")
    return out.getvalue()
