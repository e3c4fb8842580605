"""The people in a call: offered, rung, connected, gone (row A4)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cardline.core.actor import Actor
from cardline.core.ids import AgentId, LegId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.call import outside
from cardline.hotline.call.inputs import LeftAlone
from cardline.hotline.call.parties import LegInCall
from cardline.hotline.flows.model import Connected, Disconnected, Speak, Utterance
from cardline.hotline.supervision import requests as supervision
from cardline.ports.line.commands import Connect, Dial, HangUp, StopPlay
from cardline.routing import actions as routing
from cardline.routing.model import Offer

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

ALONE_SECONDS = 0.15

LOST = frozenset({"media-timeout", "network", "line-failed", "away-too-long"})
"""Causes that nobody wanted: the caller is not sent away, but goes back to the queue."""

_PHONE_LOST = frozenset({"media-timeout", "network", "away-too-long"})
"""Causes that say that an agent's phone is not there."""
_NO_ANSWER = frozenset({408, 487})
_BUSY = frozenset({486, 600, 603})


class Talking:
    """The talking side of one conversation."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation

    # ------------------------------------------------------------ ringing

    async def offered(self, offer: Offer) -> None:
        """Ring the agent to whom the caller is offered; a caller who left the queue is not."""
        call = self._call
        if call.state.phase == "queue":
            await self.dial_agent(offer)
            return
        at = call.now()

        async def work(tx: Transaction) -> None:
            await routing.withdraw_offer(tx, interaction=call.routed, at=at)

        await call.services.database.run(work)

    async def dial_agent(self, offer: Offer) -> None:
        """Ring the agent's phone for as long as the offer says."""
        ring = max(3.0, (offer.ring_until - self._call.now()).total_seconds())
        leg = LegInCall(offer.leg, "offer", offer.phone, agent=offer.agent, offer=offer)
        await self.dial(leg, ring_seconds=ring)

    async def dial_promised(self, leg: LegId, *, agent: AgentId, phone: str) -> None:
        """Ring the agent who was taken for this call, now that the caller is there."""
        seconds = self._call.services.routing.ring.total_seconds()
        await self.dial(LegInCall(leg, "offer", phone, agent=agent), ring_seconds=seconds)

    async def dial(self, leg: LegInCall, *, ring_seconds: float) -> None:
        """Ring a party for this call."""
        call = self._call
        call.parties.add(leg)
        caller = call.caller
        inside = leg.agent is not None  # outside the house nobody learns who the caller is
        if not inside:
            await outside.proof_first(call, leg)
        await call.services.line.send(
            Dial(
                call=call.call,
                leg=leg.leg,
                target=leg.target,
                from_user=caller.line_user if inside else call.services.shown_number,
                from_name=caller.holder.name if inside and caller.holder else "",
                ring_seconds=ring_seconds,
                headers={} if inside else outside.signed(call, leg),
            )
        )
        at = call.now()

        async def work(tx: Transaction) -> None:
            await desk.leg_dialled(
                tx,
                call.interaction,
                leg.leg,
                agent=leg.agent,
                target=leg.target,
                purpose=leg.purpose,
                monitoring=leg.monitoring,
                at=at,
            )

        await call.services.database.run_one(work)

    async def hang_up(self, leg: LegInCall, *, cause: str = "normal") -> None:
        """End a leg; what follows comes as ``Gone`` or ``Failed``."""
        await self._call.services.line.send(
            HangUp(call=self._call.call, party=leg.leg, cause=cause)
        )

    async def connect(self) -> None:
        """Make the line do what the parties' mode says."""
        call = self._call
        await call.services.line.send(Connect(call=call.call, hears=call.parties.hears()))

    async def back_to_caller(self) -> None:
        """Let the caller hear whoever is there; who is alone for a moment is told so."""
        call = self._call
        call.speaking.hush()
        await call.services.line.send(StopPlay(call=call.call))
        await self.connect()
        await self.comfort()

    async def comfort(self) -> None:
        """A caller whose agent is away for a moment hears a word, and music after it."""
        call = self._call
        if call.parties.caller_is_alone and not call.parties.at_keys:
            moment = Speak((Utterance("hold_notice"),), (call.caller.spoken_language,))
            await call.speaking.say(moment, node=call.state.node)

    async def offer_gone(self, offer: str) -> None:
        """An offer ended elsewhere: stop ringing within a second."""
        leg = self._call.parties.by_offer(offer)
        if leg and leg.presence == "ringing":
            leg.presence = "gone"
            await self.hang_up(leg)

    # ------------------------------------------------------------ answered

    async def answered(self, leg_id: LegId, at_seconds: float) -> None:
        """A party answered: accept the offer, once; then connect."""
        call = self._call
        leg = call.parties.find(leg_id)
        at = datetime.fromtimestamp(at_seconds, UTC)
        if leg is None or leg.presence != "ringing":
            await call.services.line.send(HangUp(call=call.call, party=leg_id))
            return

        async def work(tx: Transaction) -> bool:
            if not await self._accepted(tx, leg, at):
                return False
            await desk.leg_answered(tx, call.interaction, leg_id, at=at)
            await outside.proof_answered(tx, call, leg, at=at)
            joined: JsonObject = {"leg": leg_id, "agent": leg.agent, "purpose": leg.purpose}
            if leg.monitoring:
                joined["how"] = leg.monitoring
                await supervision.help_over(tx, call.interaction)
            await desk.note(tx, call.interaction, "party.joined", joined, at=at)
            if leg.takes_part and leg.purpose != "consult":
                await call.outward.connected(tx, at=at)
            await call.keeping.save(tx, call.state, at=at)
            return True

        if not await call.services.database.run(work):
            leg.presence = "gone"
            await self.hang_up(leg)
            return
        leg.presence = "talking"
        leg.since = at
        if leg.purpose in ("consult", "monitor"):
            await self.connect()
            return
        call.parties.mode = "talk"
        call.speaking.hush()
        await call.services.line.send(StopPlay(call=call.call))
        await self.connect()
        await call.apply(Connected())

    async def _accepted(self, tx: Transaction, leg: LegInCall, at: datetime) -> bool:
        call = self._call
        if leg.offer:
            accepted = await routing.accept_offer(
                tx,
                offer=leg.offer.id,
                token=leg.offer.token,
                policy=call.services.routing,
                leg=leg.leg,
                at=at,
            )
            return accepted.verdict.allowed
        if leg.agent and leg.agent == call.promised_agent and leg.purpose == "offer":
            return await routing.attach_call(
                tx, interaction=call.routed, agent=leg.agent, call=call.call, leg=leg.leg, at=at
            )
        if leg.agent:
            started = await routing.start_talk(
                tx,
                agent=leg.agent,
                interaction=call.routed,
                kind="consult" if leg.purpose == "offer" else leg.purpose,
                call=call.call,
                policy=call.services.routing,
                leg=leg.leg,
                at=at,
            )
            return started.allowed
        return True

    # ------------------------------------------------------------ gone

    async def failed(self, leg_id: LegId, status: int, at_seconds: float) -> None:
        """A party was not reached."""
        call = self._call
        leg = call.parties.find(leg_id)
        if leg is None or leg.presence == "gone":
            return
        leg.presence = "gone"
        at = datetime.fromtimestamp(at_seconds, UTC)

        async def work(tx: Transaction) -> None:
            # Who does not answer is dealt with when the offer runs out.
            if leg.offer and status not in _NO_ANSWER:
                await routing.decline_offer(
                    tx,
                    offer=leg.offer.id,
                    policy=call.services.routing,
                    reason="declined" if status in _BUSY else "phone-failed",
                    at=at,
                )
            await desk.leg_ended(tx, call.interaction, leg_id, cause=f"failed-{status}", at=at)
            await outside.proof_over(tx, call, leg, at=at)

        await call.services.database.run(work)
        if leg.purpose == "transfer":
            await call.apply(Disconnected(lost=True))
        elif leg.purpose == "offer" and leg.offer is None:
            await self._promise_broken(leg, at)
        elif leg.purpose == "consult" and call.parties.mode == "consult":
            call.parties.mode = "hold"

    async def _promise_broken(self, leg: LegInCall, at: datetime) -> None:
        """The agent of a call-back did not answer: the caller waits on, at the old place."""
        call = self._call

        async def work(tx: Transaction) -> None:
            assert leg.agent is not None
            await routing.end_talk(
                tx,
                interaction=call.routed,
                agent=leg.agent,
                policy=call.services.routing,
                cause="failed",
                at=at,
            )
            await routing.agent_unreachable(
                tx, agent=leg.agent, reason="no-answer", policy=call.services.routing, at=at
            )

        await call.services.database.run(work)
        await call.waiting.enter(call.matter, urgent=False)

    async def gone(self, leg_id: LegId, cause: str, at_seconds: float) -> None:
        """A party left; who remains goes on, and a caller who is alone goes on in the flow."""
        if cause == "call-ended":
            return  # the caller's end follows, and ends everything in one transaction
        call = self._call
        leg = call.parties.find(leg_id)
        if leg is None or leg.presence == "gone":
            return
        answered = leg.answered
        leg.presence = "gone"
        await self.end_leg(leg, cause=cause, at=datetime.fromtimestamp(at_seconds, UTC))
        if not answered:
            return
        if not leg.takes_part:
            await self.connect()  # nobody else notices
        elif call.parties.engaged():
            await self._others_go_on(leg)
        elif not call.parties.ringing():
            await call.entry.cancel("agent-left")
            await self.send_monitors_home()
            # Mostly the caller has hung up as well: that word comes a moment later.
            call.parties.mode = "talk"
            call.later(ALONE_SECONDS, LeftAlone(lost=cause in LOST))

    async def _others_go_on(self, leg: LegInCall) -> None:
        call = self._call
        if call.parties.mode == "consult":
            call.parties.mode = "hold" if leg.purpose == "consult" else "talk"
            if call.parties.mode == "talk":
                call.speaking.hush()
                await call.services.line.send(StopPlay(call=call.call))
        await self.connect()
        await self.comfort()
        await self.left_to_a_lead()

    async def left_to_a_lead(self) -> None:
        """A lead who had joined and is alone with the caller may do what agents may."""
        call = self._call
        rest = call.parties.engaged()
        if len(rest) != 1 or rest[0].monitoring is None:
            return
        lead = rest[0]
        lead.monitoring = None
        at = call.now()

        async def work(tx: Transaction) -> None:
            assert lead.agent is not None
            by = Actor("agent", lead.agent)
            await desk.leg_monitoring(tx, call.interaction, lead.leg, None, at=at, by=by)

        await call.services.database.run(work)

    async def proofs_end(self, tx: Transaction, at: datetime) -> None:
        """The call is over, and with it whatever of it was shown as a call of ours that is up."""
        await outside.all_over(tx, self._call, at=at)

    async def send_monitors_home(self) -> None:
        """Nobody is left whom a lead could follow."""
        for lead in self._call.parties.monitors():
            await self.hang_up(lead)

    async def left_alone(self, event: LeftAlone) -> None:
        """The caller is still there after everybody else has left: go on in the flow."""
        call = self._call
        if not call.parties.engaged() and not call.parties.ringing():
            await call.apply(Disconnected(lost=event.lost))

    async def end_leg(self, leg: LegInCall, *, cause: str, at: datetime) -> None:
        """Write that a party left, and what follows for the agent: wrap-up."""
        call = self._call

        async def work(tx: Transaction) -> None:
            await desk.leg_ended(tx, call.interaction, leg.leg, cause=cause, at=at)
            await outside.proof_over(tx, call, leg, at=at)
            left = {"leg": leg.leg, "agent": leg.agent, "cause": cause}
            await desk.note(tx, call.interaction, "party.left", left, at=at)
            if leg.agent:
                await routing.end_talk(
                    tx,
                    interaction=call.routed,
                    agent=leg.agent,
                    policy=call.services.routing,
                    cause="failed" if cause in LOST else "ended",
                    at=at,
                )
            if leg.agent and cause in _PHONE_LOST:
                await routing.agent_unreachable(
                    tx, agent=leg.agent, reason="phone-failed", policy=call.services.routing, at=at
                )

        await call.services.database.run(work)
