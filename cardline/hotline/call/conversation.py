"""One call, from its arrival to its end: events in, flow and routing asked, commands out.

Everything about one call happens in one task, one event after another, so that nothing in here
needs a lock. The truth stands in the database; a conversation can be made again from it.
"""

import asyncio
import contextlib
from datetime import UTC, datetime

import structlog

from cardline.core.ids import AgentId, CallId, InteractionId, LegId
from cardline.core.live import tell, to_agents, to_roles
from cardline.core.transaction import Transaction
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call.browsers import Browsers
from cardline.hotline.call.doing import do_act
from cardline.hotline.call.ending import end
from cardline.hotline.call.entry import KeyEntry
from cardline.hotline.call.inputs import (
    AwayTooLong,
    BackAgain,
    EntryInterrupted,
    EntryOver,
    EntrySilence,
    Input,
    LeftAlone,
    ListenDue,
    Offered,
    OfferGone,
    PlaceDue,
    QueueAgain,
    TakenBack,
    TimerFired,
)
from cardline.hotline.call.keeping import Keeping
from cardline.hotline.call.listening import Listening
from cardline.hotline.call.outward import Outward
from cardline.hotline.call.parties import Parties
from cardline.hotline.call.speaking import Speaking
from cardline.hotline.call.talking import Talking
from cardline.hotline.call.waiting import Waiting
from cardline.hotline.flows import rules
from cardline.hotline.flows.model import (
    Await,
    Begin,
    BeginCallback,
    Collect,
    Do,
    Enqueue,
    Finish,
    FlowCommand,
    FlowEvent,
    Hush,
    Keep,
    LeaveQueue,
    ListenFor,
    Music,
    Pressed,
    Resume,
    Silence,
    Speak,
    Spoken,
    State,
    TakeMessage,
    TellPlace,
)
from cardline.hotline.services import Services
from cardline.hotline.speech import utterances
from cardline.ports.line.commands import HangUp, SecretEntry, StopPlay
from cardline.ports.line.events import (
    Answered,
    Failed,
    Gone,
    Heard,
    Key,
    PlayEnded,
    Silent,
    Sound,
    WebAnswered,
    WebRefused,
)
from cardline.routing.model import Offer
from cardline.trust import actions as trust

log = structlog.get_logger()


class Conversation:
    """One call. ``post`` hands it events; ``run`` goes on until the call is over."""

    def __init__(
        self,
        services: Services,
        *,
        caller: Caller,
        call: CallId,
        state: State | None = None,
        callback: Offer | None = None,
    ) -> None:
        self.services = services
        self.caller = caller
        self.call = call
        self.interaction: InteractionId = caller.interaction
        self.state = state or rules.initial(services.flow)
        self.callback = callback
        self.proof_key = trust.call_key(call) if callback else ""
        """The proof that this call has left, where it is one that we placed (row E1)."""
        self.matter = "general"
        self.parties = Parties()
        # Who goes on after a fault has read the proofs from the records.
        self.keeping = Keeping(caller, self.parties, saved=caller.proofs if state else None)
        self.speaking = Speaking(self)
        self.waiting = Waiting(self)
        self.talking = Talking(self)
        self.browsers = Browsers(self)
        self.entry = KeyEntry(self)
        self.outward = Outward(self)
        self.listening = Listening(self)
        self.help_asked = state is not None
        """A lead may be asked for: an agent did, or could have before a fault."""
        self.ended = False
        self._inbox: asyncio.Queue[Input] = asyncio.Queue()
        self._answered_at: float | None = None
        self.message_from = 0.0
        """Second of the call in which its message begins."""
        self._shown = (self.parties.shown(), self.entry.view)
        """What open desks know of this call."""

    @property
    def routed(self) -> InteractionId:
        """The interaction under which routing knows this caller: a call-back keeps the first."""
        return self.callback.interaction if self.callback else self.interaction

    @property
    def promised_agent(self) -> AgentId | None:
        """The agent who was taken for this call before they are rung, if any."""
        if self.callback:
            return self.callback.agent
        return self.caller.errand.agent if self.caller.errand else None

    @property
    def asks_callback(self) -> bool:
        """True while the flow turns the caller's place into a promise to call back."""
        node = self.services.flow.nodes[self.state.node]
        return getattr(node, "act", "") == "request_callback"

    @property
    def was_answered(self) -> bool:
        """True where somebody has picked up."""
        return self._answered_at is not None

    # ------------------------------------------------------------ events

    def post(self, event: Input) -> None:
        """Hand over an event; never blocks."""
        self._inbox.put_nowait(event)

    def continue_from(self, answered: float | None) -> None:
        """Take over a call that was answered earlier, at this time in seconds."""
        self._answered_at = answered

    async def run(self) -> None:
        """Serve the call until it is over."""
        while not self.ended:
            event = await self._inbox.get()
            try:
                await self._handle(event)
            except Exception:
                kind = type(event).__name__
                log.exception("an event of a call failed", call=self.call, kind=kind)
            self._tell_changes()

    async def _handle(self, event: Input) -> None:
        match event:
            case Key(party="caller") if self.entry.runs:
                await self.entry.pressed(event)
            case Key(party="caller"):
                await self._key(event)
            case PlayEnded(party="caller"):
                if self.speaking.is_over(event):
                    await self._played()
            case TimerFired(serial):
                if self.speaking.has_fired(serial):
                    await self.apply(Silence())
            case Answered(party="caller"):
                await self._answered(event)
            case Gone(party="caller"):
                await self._over(event.cause, event.at)
            case Failed(party="caller"):
                self.outward.status = event.status
                await self._over("no-answer", event.at)
            case TakenBack() if not self.was_answered:
                self.outward.taken_back = True
                await self.services.line.send(HangUp(call=self.call))
            case Answered():
                await self.talking.answered(LegId(event.party), event.at)
            case Failed():
                self.browsers.refused(event.party, event.status)
                await self.talking.failed(LegId(event.party), event.status, event.at)
            case WebRefused():
                self.browsers.refused(event.party, event.status)
            case Gone():
                self.browsers.forget(event.party)
                await self.talking.gone(LegId(event.party), event.cause, event.at)
            case WebAnswered():
                self.browsers.answered(event)
            case Silent():
                await self.browsers.silent(LegId(event.party))
            case Heard():
                await self.browsers.heard(LegId(event.party))
            case EntryInterrupted():
                await self.entry.interrupted()
            case AwayTooLong():
                await self.browsers.away_too_long(event)
            case EntrySilence():
                await self.entry.silence(event)
            case EntryOver():
                await self.entry.over(event)
            case Sound(party="caller"):
                await self.listening.sound(event)
            case ListenDue():
                await self.listening.due(event)
            case Offered(offer):
                await self.talking.offered(offer)
            case OfferGone(offer):
                await self.talking.offer_gone(offer)
            case PlaceDue():
                await self.waiting.place_due(event)
            case QueueAgain():
                await self.waiting.again(event)
            case LeftAlone():
                await self.talking.left_alone(event)
            case BackAgain():
                await self.apply(Resume())
            case _ if hasattr(event, "carry_out"):
                await event.carry_out(self)
            case _:
                pass

    def _tell_changes(self) -> None:
        """Tell open desks that who is in this call, or how, is not what it was."""
        shown = (self.parties.shown(), self.entry.view)
        if shown == self._shown:
            return
        self._shown = shown
        to = to_roles("lead", "quality") | to_agents(*self.parties.agents())
        tell(self.services.database, kind="call", id=self.interaction, to=to)

    async def _played(self) -> None:
        """What was said to the caller is over: whoever had it said goes on."""
        if self.entry.runs:
            await self.entry.take(Spoken())
        elif self.parties.caller_is_alone:
            await self.speaking.play((utterances.HOLD_MUSIC,), loop=True)
        else:
            await self.apply(Spoken())

    async def _key(self, event: Key) -> None:
        self.speaking.cancel_timer()
        await self.listening.key()
        node = self.services.flow.nodes[self.state.node]
        if not event.secret and not isinstance(node, Collect) and self.state.phase != "talk":
            self.keeping.note(event.at, node.name, key=event.digit)
        language = self.state.language
        await self.apply(Pressed(event.digit, event.at))
        if self.state.language != language:
            await self.save()

    async def _answered(self, event: Answered) -> None:
        self._answered_at = event.at
        self.keeping.answered = at = datetime.fromtimestamp(event.at, UTC)
        await self.apply(BeginCallback(self.caller.spoken_language) if self.callback else Begin())
        if self.proof_key:  # after the first word: whoever answers waits for no disk
            await self.services.database.run_one(
                lambda tx: trust.contact_answered(tx, key=self.proof_key, at=at)
            )

    # ------------------------------------------------------------ the flow

    async def apply(self, event: FlowEvent) -> None:
        """Let the flow take one step, and do what it says."""
        self.state, commands = rules.step(self.services.flow, self.state, event)
        self.caller.language = self.state.language
        for command in commands:
            await self._perform(command)

    async def _perform(self, command: FlowCommand) -> None:
        match command:
            case Speak():
                if not await self.speaking.say(command, node=self.state.node):
                    await self.apply(Spoken())
            case Music():
                await self.speaking.play((utterances.HOLD_MUSIC,), loop=True)
            case Hush():
                self.speaking.hush()
                await self.services.line.send(StopPlay(call=self.call))
            case Await(seconds):
                self.speaking.wait(seconds)
            case Keep(secret):
                await self.services.line.send(SecretEntry(call=self.call, on=secret))
            case Do():
                await self.apply(await do_act(self, command))
            case Enqueue(matter, urgent):
                await self.waiting.enter(matter, urgent=urgent)
            case TellPlace():
                await self.waiting.tell_place()
            case LeaveQueue():
                await self.waiting.leave()
            case ListenFor(what):
                await self.listening.begin(what)
            case TakeMessage(on):
                if on:
                    self.message_from = self.since_answer(self.now().timestamp())
                    await self.speaking.play((utterances.BEEP,))
            case Finish():
                await self.save()
                await self.services.line.send(HangUp(call=self.call))

    # ------------------------------------------------------------ the end

    def lost(self, at_seconds: float) -> None:
        """The line died, and the call with it."""
        self.post(Gone(call=self.call, at=at_seconds, party="caller", cause="line-failed"))

    async def _over(self, cause: str, at_seconds: float) -> None:
        self.ended = True
        self.services.observer.call_ended(cause)
        await end(self, cause=cause, at=datetime.fromtimestamp(at_seconds, UTC))

    async def save(self) -> None:
        """Write where the call stands; a failure is left to the next time."""
        at = self.now()

        async def work(tx: Transaction) -> None:
            await self.keeping.save(tx, self.state, at=at)

        with contextlib.suppress(Exception):
            await self.services.database.run(work)

    # ------------------------------------------------------------ time

    def now(self) -> datetime:
        """Return the time."""
        return self.services.clock()

    def later(self, seconds: float, event: Input) -> None:
        """Post an event to this conversation after some seconds."""
        asyncio.get_running_loop().call_later(seconds, self.post, event)

    def since_answer(self, at_seconds: float) -> float:
        """Return the seconds from the answer to a time of the line's."""
        return at_seconds - self._answered_at if self._answered_at else 0.0
