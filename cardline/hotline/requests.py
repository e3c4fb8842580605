"""What an agent asks of a call that is up: hold, consult, transfer, three-way, leave (row A4).

Each request is carried out inside the call's own task, between two events, and answers whoever
asked through a future: ``None``, or the error that says why not.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cardline.core.actor import Actor
from cardline.core.errors import CardlineError, Conflict, Invalid
from cardline.core.ids import AgentId, LegId, new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk import actions as desk
from cardline.desk.model import LegPurpose
from cardline.hotline.model import Queue, SendTo
from cardline.hotline.parties import LegInCall
from cardline.hotline.utterances import HOLD_MUSIC
from cardline.ports import StopPlay

if TYPE_CHECKING:
    from cardline.hotline.conversation import Conversation

TRANSFER_RING_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: an agent's phone, a number outside, or a queue."""

    phone: str = ""
    agent: AgentId | None = None
    matter: str = ""
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class AgentRequest:
    """The base: who asks, and where the answer goes."""

    agent: AgentId
    answer: "asyncio.Future[None]" = field(compare=False)

    async def carry_out(self, conversation: "Conversation") -> None:
        """Do it and answer; an error goes to the one who asked."""
        try:
            leg = conversation.parties.by_agent(self.agent)
            if leg is None or leg.presence != "talking":
                raise Conflict("you are not in this call any more")
            await self.do(conversation, leg)
        except CardlineError as error:
            if not self.answer.done():
                self.answer.set_exception(error)
        except Exception as error:
            if not self.answer.done():
                self.answer.set_exception(error)
            raise
        else:
            if not self.answer.done():
                self.answer.set_result(None)

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """What this request does; ``leg`` is the one of the agent who asks."""
        raise AssertionError("every request says what it does")


class Hold(AgentRequest):
    """The caller hears music; the agent hears nobody."""

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Put the caller on hold."""
        if call.parties.mode != "talk":
            raise Conflict("the caller is not talking with you alone")
        call.parties.mode = "hold"
        await call.talking.connect()
        await call.play((HOLD_MUSIC,), loop=True)
        await _journal(call, self.agent, "call.held", {})


class Retrieve(AgentRequest):
    """Talk with the caller again; a colleague who was asked and rings no more is let go."""

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Take the caller off hold."""
        if not call.parties.caller_waits:
            raise Conflict("the caller is not on hold")
        for other in [*call.parties.talking(), *call.parties.ringing()]:
            if other.purpose == "consult" and other is not leg:
                await call.talking.hang_up(other)
        call.parties.mode = "talk"
        await _back_to_caller(call)
        await _journal(call, self.agent, "call.retrieved", {})


@dataclass(frozen=True, kw_only=True)
class Consult(AgentRequest):
    """Ask somebody else while the caller hears music."""

    target: Target

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Ring the other; the caller waits."""
        if call.parties.mode not in ("talk", "hold") or call.parties.ringing():
            raise Conflict("somebody is being rung or consulted already")
        call.parties.mode = "consult"
        await call.talking.connect()
        await call.play((HOLD_MUSIC,), loop=True)
        await _journal(call, self.agent, "call.consulting", _told(self.target))
        await _dial(call, self.target, "consult")


class Conference(AgentRequest):
    """All three talk: the caller, the agent, and the one who was consulted."""

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Bring the caller in."""
        if len(call.parties.talking()) < 2:
            raise Conflict("nobody else has answered yet")
        call.parties.mode = "conference"
        await _back_to_caller(call)
        await _journal(call, self.agent, "call.conference", {})


class CompleteTransfer(AgentRequest):
    """Attended transfer: the one who was consulted goes on with the caller."""

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Leave the caller with the other."""
        others = [other for other in call.parties.talking() if other is not leg]
        if not others:
            raise Conflict("nobody else has answered yet")
        await _journal(call, self.agent, "call.transferred", {"to": others[0].agent})
        await _leave(call, leg)
        call.parties.mode = "talk"
        await _back_to_caller(call)


@dataclass(frozen=True, kw_only=True)
class BlindTransfer(AgentRequest):
    """Hand the caller on without asking: to a queue, an agent, or a number outside."""

    target: Target

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Send the caller on and leave. An agent or number that does not answer: the queue."""
        if self.target.matter:
            node = _queue_node(call, self.target)
            await _journal(call, self.agent, "call.transferred", _told(self.target))
            await _leave(call, leg)
            await call.apply(SendTo(node))
            return
        await _journal(call, self.agent, "call.transferred", _told(self.target))
        await _leave(call, leg)
        await call.play((HOLD_MUSIC,), loop=True)
        await _dial(call, self.target, "transfer")


class Leave(AgentRequest):
    """The agent hangs up."""

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """End the agent's part; the flow goes on with the caller."""
        await call.talking.hang_up(leg)


def _queue_node(call: "Conversation", target: Target) -> str:
    flow = call.services.flow
    for node in [flow.nodes[flow.person], *flow.nodes.values()]:
        if (
            isinstance(node, Queue)
            and node.matter == target.matter
            and node.urgent == target.urgent
            and node.callback
        ):
            return node.name
    raise Invalid(f"no queue of the flow serves the matter {target.matter}")


async def _dial(call: "Conversation", target: Target, purpose: LegPurpose) -> None:
    leg = LegInCall(LegId(new_id("l")), purpose, target.phone, agent=target.agent)
    await call.talking.dial(leg, ring_seconds=TRANSFER_RING_SECONDS)


async def _leave(call: "Conversation", leg: LegInCall) -> None:
    leg.presence = "gone"
    await call.talking.hang_up(leg)
    await call.talking.end_leg(leg, cause="transferred", at=call.now())


async def _back_to_caller(call: "Conversation") -> None:
    call.hush()
    await call.services.line.send(StopPlay(call=call.call))
    await call.talking.connect()


def _told(target: Target) -> JsonObject:
    if target.matter:
        return {"queue": target.matter}
    return {"agent": target.agent} if target.agent else {"outside": True}


async def _journal(call: "Conversation", agent: AgentId, kind: str, body: JsonObject) -> None:
    at = call.now()

    async def work(tx: Transaction) -> None:
        await desk.note(tx, call.interaction, kind, body, at=at, by=Actor("agent", agent))

    await call.services.database.run(work)
