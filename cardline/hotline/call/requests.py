"""What an agent asks of a call that is up: hold, consult, transfer, three-way, leave (row A4).

Each request is carried out inside the call's own task, between two events, and answers whoever
asked through a future: ``None``, or the error that says why not.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from cardline.core.actor import Actor
from cardline.core.errors import CardlineError, Conflict, Invalid
from cardline.core.ids import AgentId, LegId, new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import LegPurpose
from cardline.hotline.call import outside
from cardline.hotline.call.browsers import LegGone, SdpAnswer
from cardline.hotline.call.entry import learn_whom
from cardline.hotline.call.entry_flow import NEEDS_HOLDER, EntryKind
from cardline.hotline.call.parties import LegInCall
from cardline.hotline.flows.model import Queue, SendTo
from cardline.hotline.speech.utterances import HOLD_MUSIC

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

RING_SECONDS = 20.0
DECLINED = 603
"""What a phone says that does not want to (RFC 3261, section 21.6.2)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: an agent's phone, a number outside, or a queue."""

    phone: str = ""
    agent: AgentId | None = None
    matter: str = ""
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """The base: who asks, and where the answer goes."""

    agent: AgentId
    answer: "asyncio.Future[None]" = field(compare=False)

    async def carry_out(self, conversation: "Conversation") -> None:
        """Do it and answer; an error goes to the one who asked."""
        try:
            await self.work(conversation)
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

    async def work(self, call: "Conversation") -> None:
        """What this request does."""
        raise AssertionError("every request says what it does")


class AgentRequest(Request):
    """A request of somebody who is in the call."""

    while_away: ClassVar[bool] = False
    """May be asked while one's browser is silent."""
    while_following: ClassVar[bool] = False
    """May be asked by a lead who follows somebody else's talk."""
    at_keys: ClassVar[bool] = False
    """May be asked while the caller enters something secret."""

    async def work(self, call: "Conversation") -> None:
        """Check that the one who asks may ask it now, and do it."""
        leg = call.parties.by_agent(self.agent)
        if leg is None or not leg.answered:
            raise Conflict("you are not in this call any more")
        if leg.presence == "away" and not self.while_away:
            raise Conflict("your browser is not connected to this call; it rejoins by itself")
        if leg.monitoring and not self.while_following:
            raise Conflict("this is for the agent whose talk you follow")
        if call.parties.at_keys and not self.at_keys:
            raise Conflict("the caller is at the keys; wait for the end, or cancel the entry")
        await self.do(call, leg)

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
        await call.speaking.play((HOLD_MUSIC,), loop=True)
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
        await call.talking.back_to_caller()
        await _journal(call, self.agent, "call.retrieved", {})


@dataclass(frozen=True, kw_only=True)
class Consult(AgentRequest):
    """Ask somebody else while the caller hears music."""

    target: Target

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Ring the other; the caller waits."""
        if call.parties.mode not in ("talk", "hold") or call.parties.ringing():
            raise Conflict("somebody is being rung or consulted already")
        await _may_ring(call, self.target)
        call.parties.mode = "consult"
        await call.talking.connect()
        await call.speaking.play((HOLD_MUSIC,), loop=True)
        await _journal(call, self.agent, "call.consulting", _told(self.target))
        await _dial(call, self.target, "consult")


class Conference(AgentRequest):
    """All three talk: the caller, the agent, and the one who was consulted."""

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Bring the caller in."""
        if len(call.parties.talking()) < 2:
            raise Conflict("nobody else has answered yet")
        call.parties.mode = "conference"
        await call.talking.back_to_caller()
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
        await call.talking.back_to_caller()
        await call.talking.left_to_a_lead()


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
        await _may_ring(call, self.target)
        await _journal(call, self.agent, "call.transferred", _told(self.target))
        await _leave(call, leg)
        await call.speaking.play((HOLD_MUSIC,), loop=True)
        await _dial(call, self.target, "transfer")


class Leave(AgentRequest):
    """The agent hangs up."""

    while_away = True
    while_following = True
    at_keys = True

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """End the agent's part; the flow goes on with the caller."""
        await call.talking.hang_up(leg)


@dataclass(frozen=True, kw_only=True)
class PickUp(Request):
    """An agent's browser answers its leg, or joins it again after a refresh."""

    leg: str
    offer: str
    sdp: SdpAnswer = field(compare=False)
    """Where the line's SDP answer goes, once it is there."""

    async def work(self, call: "Conversation") -> None:
        """Hand the browser's offer to the line."""
        leg = _own_leg(call, self.leg, self.agent)
        if not leg.is_web:
            raise Conflict("this leg rings on another phone")
        await call.browsers.answer(leg, self.offer, self.sdp)


@dataclass(frozen=True, kw_only=True)
class PutDown(Request):
    """An agent does not want to pick up."""

    leg: str

    async def work(self, call: "Conversation") -> None:
        """End the ringing, as a phone does that refuses."""
        leg = _own_leg(call, self.leg, self.agent)
        if leg.presence != "ringing":
            raise Conflict("it was answered already; hang up instead")
        await call.talking.hang_up(leg)
        await call.talking.failed(leg.leg, DECLINED, call.now().timestamp())


@dataclass(frozen=True, kw_only=True)
class AskForKeys(AgentRequest):
    """Send the caller to the keys (row E5): the agent hears nothing and sees only the result."""

    what: EntryKind

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """Begin, where the caller is talking and it is known whom the entry is for."""
        if call.parties.caller_waits:
            raise Conflict("take the caller off hold first")
        holder = await learn_whom(call)
        if holder is None and self.what in NEEDS_HOLDER:
            raise Conflict("it is not known yet whom this call is about; ask for the tails first")
        try:
            await call.entry.begin(self.what, by=self.agent)
        except Exception:
            await call.entry.cancel("failed")
            raise


class CancelKeys(AgentRequest):
    """The agent takes the caller back from the keys."""

    at_keys = True

    async def do(self, call: "Conversation", leg: LegInCall) -> None:
        """End the entry; both talk again."""
        if not call.entry.runs:
            raise Conflict("the caller is not at the keys")
        await call.entry.cancel("agent")


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


def _own_leg(call: "Conversation", name: str, agent: AgentId) -> LegInCall:
    leg = call.parties.find(name)
    if leg is None or leg.agent != agent or leg.presence == "gone":
        raise LegGone("this does not ring for you any more")
    return leg


async def _may_ring(call: "Conversation", target: Target) -> None:
    if target.agent is None:
        await outside.pass_gate(call, target.phone)


async def _dial(call: "Conversation", target: Target, purpose: LegPurpose) -> None:
    leg = LegInCall(LegId(new_id("l")), purpose, target.phone, agent=target.agent)
    await call.talking.dial(leg, ring_seconds=RING_SECONDS)


async def _leave(call: "Conversation", leg: LegInCall) -> None:
    leg.presence = "gone"
    await call.talking.hang_up(leg)
    await call.talking.end_leg(leg, cause="transferred", at=call.now())
    if not call.parties.engaged():
        await call.talking.send_monitors_home()


def _told(target: Target) -> JsonObject:
    if target.matter:
        return {"queue": target.matter}
    return {"agent": target.agent} if target.agent else {"outside": True}


async def _journal(call: "Conversation", agent: AgentId, kind: str, body: JsonObject) -> None:
    at = call.now()

    async def work(tx: Transaction) -> None:
        await desk.note(tx, call.interaction, kind, body, at=at, by=Actor("agent", agent))
        await call.keeping.save(tx, call.state, at=at)

    await call.services.database.run(work)
