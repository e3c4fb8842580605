"""A house that calls: the whole application over a pretended line, a lead and an agent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from tests.actions.bank_line import BankLine
from tests.actions.campaign_floor import Bank
from tests.actions.test_softphone import until
from tests.actions.whole_application import Whole, whole_application

WHENEVER = {"opens": "00:00:00", "closes": "23:59:59"}
"""Alerts pass the gate at any hour, and so do these tests."""


@dataclass
class House:
    """The application, its line, and those who serve."""

    whole: Whole
    line: BankLine
    bank: Bank
    lead: httpx.AsyncClient
    agent: httpx.AsyncClient

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
        answer = await client.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def runs(self, people: int = 1, **more: Any) -> str:
        """Make a campaign of alerts for new holders and start it; returns its id."""
        body = {"name": "alerts", "kind": "alert", "hold_out": 0, **WHENEVER, **more}
        campaign = await self.ask(self.lead, "POST", "/campaigns", body)
        holders = await self.bank.holders(people)
        rows = [f"{holder},4821,12.00,shop" for holder in holders]
        text = "\n".join(["holder_id,tail,amount,merchant", *rows])
        path = f"/campaigns/{campaign['id']}"
        listed = await self.ask(self.lead, "POST", f"{path}/list", {"csv": text})
        assert listed["added"] == people
        started = await self.ask(self.lead, "POST", f"{path}/start")
        assert started["allowed"], started
        return str(campaign["id"])

    async def is_ready(self, client: httpx.AsyncClient | None = None) -> None:
        client = client or self.agent
        phone = "sip:7001@127.0.0.1:5099"
        for body in ({"state": "logged-in", "phone": phone}, {"state": "ready"}):
            await self.ask(client, "POST", "/agents/me/state", body)

    async def rings(self, number: int = 1) -> str:
        """Wait until the holder's phone rings; returns the call."""
        found: str = await until(
            lambda: self.line.call_to(f"154{number:08d}"), f"a call to holder {number}"
        )
        return found

    async def report(self, campaign: str) -> Any:
        return await self.ask(self.lead, "GET", f"/campaigns/{campaign}")

    async def ended(self, campaign: str, outcome: str) -> Any:
        """Wait until a try has ended in this way; returns the report."""

        async def has_ended() -> Any:
            report = await self.report(campaign)
            return report if report["outcomes"].get(outcome) else None

        return await until(has_ended, f"a try that ended as {outcome}")

    async def agent_state(self) -> str:
        return str((await self.ask(self.agent, "GET", "/agents/me/state"))["state"])


@asynccontextmanager
async def bank_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Run it; calls and dialler are served until the end."""
    line = BankLine()
    line.opens()
    async with whole_application(
        database_url, tmp_path, line=line, trunk="sip:{number}@127.0.0.1:5080"
    ) as whole:
        running = whole.running
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(running.calls.run()),
            asyncio.create_task(running.dialler.run()),
        ]
        database = running.parts.database
        assert isinstance(database, Database)
        assert isinstance(running.parts.bank, EmbeddedCoreBank)
        bank = Bank(database, bank=running.parts.bank)
        try:
            await asyncio.wait_for(running.calls.ready.wait(), 15)
            async with whole.client("lead") as lead, whole.client("agent") as agent:
                yield House(whole, line, bank, lead, agent)
        finally:
            for task in [*tasks, *running.calls._tasks]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def is_so(look: Callable[[], Any | Awaitable[Any]], what: str) -> None:
    """Wait until something is so."""
    await until(look, what)


async def state_is(house: House, state: str) -> bool:
    """Whether the agent is in a state."""
    return await house.agent_state() == state
