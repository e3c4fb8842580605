"""A bank in which an agent works for a holder: one of everything that a route can name."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import httpx
from PIL import Image

from cardline.app.people import NewColleague, add_colleague
from cardline.cards.model import PostingKind
from cardline.core.clock import SHANGHAI, utc_now
from cardline.core.ids import AgentId, CallId, InteractionId
from cardline.identity.model import Proofs
from cardline.portal import writing
from cardline.portal.model import HolderSession
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent
from tests.actions.serving_desk import CARD, HOLDER, Desk
from tests.actions.whole_application import HOST, Whole

TOKEN = "the token of 6001"
MARK = "only for whoever works on it"
"""Stands in every text of the things: whoever reads it where it is not theirs has found a hole."""


@dataclass
class BusyBank:
    """What 6001 works on, by the names that routes have for it."""

    whole: Whole
    names: dict[str, Any]

    def agent(self) -> httpx.AsyncClient:
        """The one whose work it is, by token."""
        transport = httpx.ASGITransport(self.whole.application, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers)


async def busy_bank(whole: Whole) -> BusyBank:
    """Let 6001 make one of everything."""
    bank = BusyBank(whole, {})
    parts = whole.running.parts
    desk = Desk(parts.database, utc_now(), parts.bank, parts.identity, parts.servicing)
    async with parts.database.transaction() as tx:
        await add_colleague(
            tx,
            NewColleague("6001", "李娜", "agent", ("general",), ("zh",), TOKEN, "phone"),
            realm=parts.settings.realm,
            at=utc_now(),
        )
    call = await desk.open()
    today = utc_now().astimezone(SHANGHAI).date()
    bought = await desk.spend(50_000, on=today - timedelta(days=3))
    fee = await desk.spend(30_000, on=today - timedelta(days=2), kind=PostingKind.ANNUAL_FEE)
    known = bank.names
    known |= {"interaction": call, "holder": HOLDER.id, "card": CARD.id, "account": "a1"}
    known |= {"posting": bought.id, "leg": "leg1", "agent": "a6001", "number": "6001"}
    async with bank.agent() as client:
        told = _Told(client, f"/api/v1/interactions/{call}")
        body: Any = {"posting": bought.id, "reason": "not-mine", "told": f"{MARK}: 不是我本人消费"}
        known["case"] = (await told.post("/disputes", body))["case"]["id"]
        address = f"上海市浦东新区 {MARK} 100号"
        known["change"] = (await told.post("/address-change", {"address": address}))["change"]["id"]
        body = {"account": "a1", "wanted": 30_000_00, "term": "permanent"}
        known["request"] = (await told.post("/limit-request", body))["request"]["id"]
        known["reversal"] = await told.id_of("/fee-reversal", {"posting": fee.id}, "reversal")
        body = {"card": CARD.id, "points_given_up": True}
        known["closure"] = await told.id_of("/card-closure", body, "closure")
        await told.post("/notes", {"text": f"{MARK}: 客户着急"})
        due = (utc_now() + timedelta(days=1)).isoformat()
        task = await client.post(
            "/api/v1/tasks", json={"what": MARK, "due_at": due, "interaction": call}
        )
        known["task"] = task.json()["id"]
        await _chat(bank, client)
    await _message(bank)
    await _offer(bank)
    known |= {"article": "annual-fee", "name": "desk.js"}
    return bank


class _Told:
    def __init__(self, client: httpx.AsyncClient, base: str) -> None:
        self._client = client
        self._base = base

    async def post(self, path: str, body: object) -> Any:
        answer = await self._client.post(self._base + path, json=body)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    async def id_of(self, path: str, body: object, what: str) -> str:
        found = (await self.post(path, body)).get(what)
        return str(found["id"]) if found else "none"


async def _chat(bank: BusyBank, agent: httpx.AsyncClient) -> None:
    visitor = bank.whole.client()
    async with visitor:
        page = (await visitor.get("/chat")).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        form = {"csrf": found.group(1), "language": "zh", "key": "key-of-a-visitor"}
        ready = await agent.put("/api/v1/chats/availability", json={"ready": True})
        assert ready.status_code == 200, ready.text
        await visitor.post("/chat/messages", data=form | {"act": "person"})
        mine = (await agent.get("/api/v1/chats/mine")).json()
        chat = (mine["next"] or mine["left"][0])["id"]
        assert (await agent.post(f"/api/v1/chats/{chat}/accept")).status_code == 200
        await visitor.post("/chat/messages", data=form | {"text": MARK, "key": "another-key"})
        sent = await visitor.post(
            "/chat/files", data=form, files={"file": (f"{MARK}.png", picture())}
        )
        assert sent.status_code == 303, sent.text
        bank.names["chat"] = chat
        (bank.names["file"],) = await bank.whole.ask(
            "SELECT id FROM stored_file WHERE owner = %s", chat
        )


async def _message(bank: BusyBank) -> None:
    parts = bank.whole.running.parts
    async with parts.database.transaction() as tx:
        session = HolderSession(
            cast(Any, "session"), HOLDER, Proofs(HOLDER.id), "", cast(Any, None)
        )
        verdict, message = await writing.write(
            tx,
            session,
            subject=MARK,
            text=MARK,
            given=(),
            files=parts.files,
            policy=parts.portal.policy,
            at=utc_now(),
        )
    assert verdict.allowed, verdict.codes
    bank.names["message"] = message


async def _offer(bank: BusyBank) -> None:
    parts = bank.whole.running.parts
    agent = AgentId("a6001")
    async with parts.database.transaction() as tx:
        at = utc_now()
        for event in (AgentEvent.LOG_IN, AgentEvent.SET_READY):
            step = await routing.set_agent_state(
                tx, agent=agent, event=event, phone="sip:6001@desk", policy=parts.routing, at=at
            )
            assert step.verdict.allowed, step.verdict.codes
        await routing.enter_queue(
            tx,
            interaction=InteractionId("i-waiting"),
            call=CallId("call-waiting"),
            matter="general",
            language="zh",
            urgent=False,
            caller_number="13800000000",
            policy=parts.routing,
            at=at,
        )
    async with parts.database.transaction() as tx:
        (offer,) = await routing.make_offers(tx, policy=parts.routing, at=at)
    assert offer.agent == agent
    bank.names["offer"] = offer.id


def picture() -> bytes:
    """A small honest picture."""
    out = io.BytesIO()
    Image.new("RGB", (9, 9), (1, 2, 3)).save(out, "PNG")
    return out.getvalue()
