"""Leads in a call: asked for help; listening, whispering, joining (row A4).

A lead's own phone rings for it, like any other leg of the call. The caller never hears a lead who
whispers and never knows of one who listens; the recording keeps what the caller hears.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cardline.core.actor import Actor
from cardline.core.errors import Conflict
from cardline.core.ids import AgentId, InteractionId, LegId, new_id
from cardline.core.live import tell, to_roles
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Monitoring
from cardline.evidence.actions import read_kinds
from cardline.hotline.call.parties import LegInCall
from cardline.hotline.call.requests import RING_SECONDS, AgentRequest, Request
from cardline.hotline.softphone import store
from cardline.hotline.softphone.model import HelpAsked

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation


@dataclass(frozen=True, kw_only=True)
class Follow(Request):
    """A lead listens, whispers or joins; who follows already does it in another way from now on."""

    how: Monitoring
    phone: str

    async def work(self, call: "Conversation") -> None:
        """Ring the lead's phone, or change who hears whom."""
        leg = call.parties.by_agent(self.agent)
        if leg is None:
            if not call.parties.engaged():
                raise Conflict("nobody talks with this caller now")
            lead = LegInCall(
                LegId(new_id("l")), "monitor", self.phone, agent=self.agent, monitoring=self.how
            )
            await call.talking.dial(lead, ring_seconds=RING_SECONDS)
            return
        if leg.monitoring is None:
            raise Conflict("you take part in this call yourself")
        if leg.monitoring != self.how:
            await self._change(call, leg)

    async def _change(self, call: "Conversation", leg: LegInCall) -> None:
        at = call.now()
        by = Actor("agent", self.agent)
        leg.monitoring = self.how
        await call.talking.connect()

        async def work(tx: Transaction) -> None:
            await desk.leg_monitoring(tx, call.interaction, leg.leg, self.how, at=at, by=by)

        await call.services.database.run(work)


@dataclass(frozen=True, kw_only=True)
class AskForHelp(AgentRequest):
    """The agent asks for a lead, in the middle of the talk and without a word to the caller."""

    at_keys = True
    while_away = True

    reason: str

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Write it down; the leads see it until one of them follows the talk."""
        call.help_asked = True
        at = call.now()
        asked = HelpAsked(call.interaction, self.agent, self.reason, at)

        async def work(tx: Transaction) -> None:
            await store.put_help(tx, asked)
            _tell(tx, call.interaction, "asked")
            body = {"reason": self.reason}
            by = Actor("agent", self.agent)
            await desk.note(tx, call.interaction, "call.help-asked", body, at=at, by=by)

        await call.services.database.run(work)


async def help_over(tx: Transaction, interaction: InteractionId) -> None:
    """A lead is there, or the call is over."""
    if await store.drop_help(tx, interaction):
        _tell(tx, interaction, "over")


def _tell(tx: Transaction, interaction: InteractionId, state: str) -> None:
    tell(tx, kind="help", id=interaction, to=to_roles("lead"), data={"state": state})


async def help_asked(tx: Transaction) -> Sequence[HelpAsked]:
    """Return the calls in which a lead is asked for, the oldest first.

    A call that ended while nobody was there to write it down is none of them.
    """
    asked: list[HelpAsked] = []
    for one in await store.all_help(tx):
        interaction = await desk.find(tx, one.interaction)
        if interaction is not None and interaction.closed_at is None:
            asked.append(one)
    return asked


@dataclass(frozen=True, slots=True)
class SilentAgent:
    """An agent whose page sends nothing in the middle of a talk."""

    interaction: InteractionId
    agent: AgentId
    since: datetime


async def silent_agents(
    tx: Transaction, talks: Collection[tuple[InteractionId, AgentId]]
) -> list[SilentAgent]:
    """Return who of those that talk now fell silent and has not been heard since."""
    streams = sorted({interaction for interaction, _ in talks})
    told = await read_kinds(tx, streams, ("party.away", "party.back")) if streams else []
    last = {(entry.stream, entry.body["agent"]): entry for entry in told}
    return [
        SilentAgent(interaction, agent, entry.at)
        for interaction, agent in talks
        if (entry := last.get((interaction, agent))) and entry.kind == "party.away"
    ]
