"""One call, from its arrival to its end: events in, flow and routing asked, commands out.

Everything about one call happens in one task, one event after another, so that nothing in here
needs a lock. The truth stands in the database; a conversation can be made again from it.
"""

import asyncio
import contextlib
import time
from datetime import UTC, datetime

import structlog

from cardline.core.ids import AgentId, CallId, InteractionId, LegId
from cardline.core.live import tell, to_agents, to_roles
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.acts import complaint as complaint_acts
from cardline.hotline.acts.caller import Acting, Caller
from cardline.hotline.acts.performing import CONVERSATIONAL, perform
from cardline.hotline.call.browsers import Browsers
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
from cardline.hotline.call.talking import Talking
from cardline.hotline.call.waiting import Waiting
from cardline.hotline.flows import rules
from cardline.hotline.flows.model import (
    Await,
    Begin,
    BeginCallback,
    Collect,
    Do,
    Done,
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
from cardline.hotline.supervision import requests as supervision
from cardline.ports.line.commands import HangUp, Play, SecretEntry, StopPlay
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
from cardline.routing import actions as routing
from cardline.routing.model import Offer, TalkCause
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
        self._timer_serial = 0
        self._play_serial = 0
        self._answered_at: float | None = None
        self._message_from = 0.0
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
                if event.play == self._play_name and event.cause in ("finished", "missing"):
                    await self._played()
            case TimerFired(serial):
                if serial == self._timer_serial:
                    await self.apply(Silence())
            case Answered(party="caller"):
                await self._answered(event)
            case Gone(party="caller"):
                await self._over(event.cause, event.at)
            case Failed(party="caller"):
                self.outward.status = event.status
                await self._over("no-answer", event.at)
            case TakenBack() if self._answered_at is None:
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
            await self.play((utterances.HOLD_MUSIC,), loop=True)
        else:
            await self.apply(Spoken())

    async def _key(self, event: Key) -> None:
        self._cancel_timer()
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
                if not await self.say(command, node=self.state.node):
                    await self.apply(Spoken())
            case Music():
                await self.play((utterances.HOLD_MUSIC,), loop=True)
            case Hush():
                self.hush()
                await self.services.line.send(StopPlay(call=self.call))
            case Await(seconds):
                self._set_timer(seconds)
            case Keep(secret):
                await self.services.line.send(SecretEntry(call=self.call, on=secret))
            case Do():
                await self.apply(await self.do_act(command))
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
                    self._message_from = self._seconds(self.now())
                    await self.play((utterances.BEEP,))
            case Finish():
                await self.save()
                await self.services.line.send(HangUp(call=self.call))

    async def say(self, speak: Speak, *, node: str) -> bool:
        """Say something to the caller and keep it in the story; False where nothing is heard."""
        self._cancel_timer()
        names: tuple[str, ...] = ()
        try:
            names = utterances.pieces(self.services.catalogue, speak)
            said = utterances.text(self.services.catalogue, speak)
            self.keeping.note(self.now().timestamp(), node, said=said)
        except utterances.SpeechError:
            log.exception("a prompt cannot be said", call=self.call, node=node)
        if names:
            await self.play(names)
        return bool(names)

    @property
    def _play_name(self) -> str:
        return f"{self.call}-{self._play_serial}"

    async def play(self, names: tuple[str, ...], *, loop: bool = False) -> None:
        """Play recordings to the caller instead of what plays now."""
        self._play_serial += 1
        await self.services.line.send(
            Play(call=self.call, play=self._play_name, pieces=names, loop=loop)
        )

    def hush(self) -> None:
        """Forget what plays: its end is of no more interest."""
        self._cancel_timer()
        self._play_serial += 1

    async def do_act(self, do: Do) -> Done:
        """Do an act in one transaction; what goes wrong is the outcome ``failed``."""
        at = self.now()
        began = time.perf_counter()
        known = (self.caller.holder, self.caller.proofs, self.caller.question)

        async def work(tx: Transaction) -> Done:
            # A repeat after a lost connection begins with what was known before.
            self.caller.holder, self.caller.proofs, self.caller.question = known
            if do.act in CONVERSATIONAL:
                done = await self._conversational(tx, do.act, at)
            else:
                done = await perform(Acting(tx, self.services, self.caller, do, at))
            await self.keeping.save(tx, self.state, at=at)
            return done

        try:
            done = await self.services.database.run(work)
        except Exception:
            log.exception("an act of a call failed", call=self.call, act=do.act)
            done = Done("failed")
        self.services.observer.act_done(do.act, done.outcome, time.perf_counter() - began)
        return done

    async def _conversational(self, tx: Transaction, act: str, at: datetime) -> Done:
        if act == "request_callback":
            number = self.caller.number
            if number is None or not self.services.trunk:
                return Done("refused")
            asked = await routing.request_callback(
                tx,
                interaction=self.routed,
                number=number,
                policy=self.services.routing,
                at=at,
            )
            return Done("promised" if asked.verdict.allowed else "refused")
        complaint = act == "take_complaint"
        await desk.take_message(
            tx,
            self.interaction,
            number=self.caller.shown_number,
            matter=complaint_acts.MATTER if complaint else self.matter,
            language=self.caller.spoken_language,
            from_second=self._message_from,
            to_second=self._seconds(at),
            at=at,
        )
        if complaint:
            return await complaint_acts.taken(tx, self.services, self.caller, at=at)
        return Done("taken")

    # ------------------------------------------------------------ the end

    def lost(self, at_seconds: float) -> None:
        """The line died, and the call with it."""
        self.post(Gone(call=self.call, at=at_seconds, party="caller", cause="line-failed"))

    async def _over(self, cause: str, at_seconds: float) -> None:
        self.ended = True
        self.services.observer.call_ended(cause)
        at = datetime.fromtimestamp(at_seconds, UTC)
        agents = [leg.agent for leg in self.parties.answered() if leg.agent]
        waiting = self.state.phase == "queue"
        talk_cause: TalkCause = "failed" if cause == "line-failed" else "ended"
        # Open desks are told that nobody is in this call any more; one that asks finds no call.
        for leg in self.parties.here():
            leg.presence = "gone"

        async def work(tx: Transaction) -> None:
            await self.keeping.save(tx, self.state, at=at)
            await desk.close_interaction(tx, self.interaction, outcome=cause, at=at)
            await self.talking.proofs_end(tx, at)
            if self.help_asked:
                await supervision.help_over(tx, self.interaction)
            if waiting:
                await routing.leave_queue(tx, interaction=self.routed, outcome="abandoned", at=at)
            if self.callback and not agents:
                await self._promise_unkept(tx, at)
            await self.outward.over(
                tx, cause=cause, answered=self._answered_at is not None, agents=agents, at=at
            )
            for agent in agents:
                await routing.end_talk(
                    tx,
                    interaction=self.routed,
                    agent=agent,
                    policy=self.services.routing,
                    cause=talk_cause,
                    at=at,
                )

        await self.services.database.run(work)

    async def _promise_unkept(self, tx: Transaction, at: datetime) -> None:
        """A call-back that reached nobody is tried again later; the agent is free at once."""
        assert self.callback is not None
        policy = self.services.routing
        await routing.end_talk(
            tx,
            interaction=self.routed,
            agent=self.callback.agent,
            policy=policy,
            cause="failed",
            at=at,
        )
        if self._answered_at is None:
            await routing.request_callback(
                tx,
                interaction=self.routed,
                number=self.callback.number,
                policy=policy,
                not_before=at + policy.callback_retry,
                at=at,
            )

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

    def _seconds(self, at: datetime) -> float:
        return self.since_answer(at.timestamp())

    def _set_timer(self, seconds: float) -> None:
        self._cancel_timer()
        self.later(seconds, TimerFired(self._timer_serial))

    def _cancel_timer(self) -> None:
        self._timer_serial += 1
