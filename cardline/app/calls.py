"""All calls of this node: line events find their conversation, new calls get one (row A1)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from cardline.app.alarms import Alarms
from cardline.app.opening import new_interaction
from cardline.app.phones import Phones
from cardline.app.recorder import Recorder
from cardline.app.settings import Settings
from cardline.core.ids import AgentId, CallId, HolderId, InteractionId, LegId, new_id
from cardline.core.networks import is_inside
from cardline.core.phone import PhoneNumber, national, parse_phone
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call import outside
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.inputs import BackAgain, EntryInterrupted, Offered, OfferGone
from cardline.hotline.call.keeping import restored_state
from cardline.hotline.call.parties import LegInCall
from cardline.hotline.call.ringing_back import take_callback
from cardline.hotline.services import Services
from cardline.identity import actions as identity
from cardline.identity.model import Proofs, subject_of
from cardline.outreach.campaigns import dialling
from cardline.ports.line.commands import CALLER, Answer, Place, Refuse
from cardline.ports.line.events import (
    Alarm,
    Answered,
    CallUp,
    Event,
    Gone,
    Hello,
    Incoming,
    PhoneState,
    Silent,
)
from cardline.routing import actions as routing
from cardline.routing.model import CallsUp, Offer
from cardline.trust import actions as trust
from cardline.trust import caller_identity

log = structlog.get_logger()

CALLBACK_RING_SECONDS = 30.0
UNTOLD_SECONDS = 5.0
OPEN_SECONDS = 8.0
_PLACED = ("callback", "campaign")
"""Doors of calls that we make: they leave a proof (row E1)."""


class Calls:
    """The conversations of this node, by call and by the interaction that routing knows."""

    def __init__(
        self, services: Services, settings: Settings, alarms: Alarms, recorder: Recorder
    ) -> None:
        self._recorder = recorder
        self.services = services
        self.settings = settings
        self.alarms = alarms
        self.line = ""
        self.ready = asyncio.Event()
        self.phones = Phones(services)
        self._by_call: dict[str, Conversation] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._early: dict[str, list[Event]] = {}

    def __len__(self) -> int:
        return len(self._by_call)

    async def all_over(self) -> None:
        """Wait until no call is up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def by_interaction(self, interaction: str) -> Conversation | None:
        """Return the conversation of an interaction, or of the one that it continues."""
        for conversation in self._by_call.values():
            if interaction in (conversation.interaction, conversation.routed):
                return conversation
        return None

    def with_agent(self, agent: AgentId) -> Conversation | None:
        """Return the call in which an agent rings or is up, if there is one on this node."""
        for conversation in self._by_call.values():
            if conversation.parties.by_agent(agent):
                return conversation
        return None

    def with_leg(self, leg: str) -> Conversation | None:
        """Return the call of a leg."""
        for conversation in self._by_call.values():
            if conversation.parties.find(leg):
                return conversation
        return None

    async def run(self) -> None:
        """Serve the line's events for ever."""
        async for event in self.services.line.events():
            try:
                await self._event(event)
            except Exception:
                log.exception("a line event failed", kind=type(event).__name__)

    async def _event(self, event: object) -> None:
        match event:
            case Hello():
                await self._hello(event)
            case Incoming():
                self._spawn(self._incoming(event))
            case PhoneState():
                await self.phones.changed(event)
            case Alarm():
                await self.alarms.raised(event)
            case Event(call=call):
                conversation = self._by_call.get(call)
                if conversation:
                    conversation.post(event)
                elif call in self._early:
                    self._early[call].append(event)
                elif isinstance(event, Gone) and event.party == CALLER:
                    await self._ended_while_away(event)

    # ------------------------------------------------------------ new calls

    async def _incoming(self, event: Incoming) -> None:
        if event.call in self._by_call or event.call in self._early:
            return
        self._early[event.call] = []
        conversation: Conversation | None = None
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                conversation = await self._open(event)
        except Exception:
            log.exception("a call cannot be opened; the trunk may try elsewhere", call=event.call)
            await self.services.line.send(Refuse(call=event.call, status=503))
        finally:
            early = self._early.pop(event.call, [])
        if conversation is None:
            return
        self.start(conversation)
        for later in early:
            conversation.post(later)
        await self.services.line.send(Answer(call=event.call))

    async def _open(self, event: Incoming) -> Conversation | None:
        at = datetime.fromtimestamp(event.at, UTC)
        number = parse_phone(event.from_user)
        trusted = number if self._trusted(event.source) else None
        shown = number or event.from_user
        caller = Caller(InteractionId(new_id("i")), number, shown, line_user=event.from_user)
        judge = self.services.caller_identity
        signed = (
            judge.judge(
                event.identity,
                caller=event.from_user,
                called=event.to_user,
                at=at,
                date=event.date,
            )
            if judge and event.identity
            else None
        )

        async def work(tx: Transaction) -> bool:
            caller.proofs = Proofs(caller=trusted)
            if trusted:
                caller.holder = await self.services.bank.holder_by_phone(tx, phone=trusted)
            opened = await desk.open_interaction(
                tx,
                self._interaction(caller, CallId(event.call), event.to_user, at),
                source=event.source,
            )
            if not opened:
                earlier = await desk.find_by_call(tx, event.call)
                if earlier is None or earlier.closed_at or earlier.answered_at:
                    return False
                # We were away while it rang: the line tells it again, and it goes on here.
                caller.interaction = earlier.id
            if signed is not None:
                await caller_identity.keep_verdict(tx, caller.interaction, signed, at=at)
            if trusted:
                await self._recognise(tx, caller, trusted, at)
                await desk.save_proofs(tx, caller.interaction, caller.proofs)
            return True

        if not await self.services.database.run(work):
            return None  # the line told us twice
        return Conversation(self.services, caller=caller, call=CallId(event.call))

    def _interaction(
        self,
        caller: Caller,
        call: CallId,
        to_number: str,
        at: datetime,
        continues: InteractionId | None = None,
    ) -> Interaction:
        return new_interaction(
            caller,
            call,
            door="callback" if continues else "phone",
            to_number=to_number,
            line=self.line,
            flow=self.services.flow,
            at=at,
            continues=continues,
        )

    async def _recognise(
        self, tx: Transaction, caller: Caller, number: PhoneNumber, at: datetime
    ) -> None:
        holder = caller.holder or await self.services.bank.holder_by_phone(tx, phone=number)
        if holder is None:
            return
        caller.holder = holder
        caller.proofs = caller.proofs.claiming(holder.id)
        cards = await self.services.bank.cards_of(tx, holder_id=holder.id)
        proof = await identity.prove_number(
            tx,
            subject=subject_of(holder, cards),
            caller=number,
            config=self.services.identity,
            stream=caller.interaction,
            by=caller.actor,
            at=at,
        )
        caller.proofs = caller.proofs.with_proof(proof)

    def _trusted(self, source: str) -> bool:
        return is_inside(source.rpartition(":")[0], self.settings.trusted_networks)

    # ------------------------------------------------------------ offers and call-backs

    async def offered(self, offer: Offer) -> None:
        """Bring an offer to the conversation that it is about, or ring back who asked for it."""
        conversation = self.by_interaction(offer.interaction)
        if conversation:
            conversation.post(Offered(offer))
        elif offer.callback:
            await self._ring_back(offer)

    def offer_gone(self, offer: str) -> None:
        """Stop ringing for an offer that has ended."""
        for conversation in self._by_call.values():
            if conversation.parties.by_offer(offer):
                conversation.post(OfferGone(offer))

    async def _ring_back(self, offer: Offer) -> None:
        if not self.settings.trunk:
            log.error("a call-back is due, but no trunk is set", interaction=offer.interaction)
            await self._give_up(offer)
            return
        number = PhoneNumber(offer.number)
        caller = Caller(
            InteractionId(new_id("i")), number, number, line_user=self.services.shown_number
        )
        call = CallId(new_id("c"))
        at = self.services.clock()

        async def work(tx: Transaction) -> str:
            earlier = await desk.find(tx, offer.interaction)
            outcome = await take_callback(tx, self.services, offer, call, earlier, at=at)
            if outcome != "rings":
                return outcome
            interaction = self._interaction(
                caller, call, self.services.shown_number, at, continues=offer.interaction
            )
            await desk.open_interaction(tx, interaction, source="call-back")
            if earlier:
                caller.language = earlier.language
                if earlier.holder_id:
                    caller.holder = await self.services.bank.holder(tx, holder_id=earlier.holder_id)
                    # Whoever picks up may be another: what was proven then is not proven now.
                    caller.proofs = Proofs(claimed=earlier.holder_id, caller=number)
            await trust.leave_proof(
                tx,
                key=trust.call_key(call),
                channel="call",
                to=number,
                holder=caller.holder.id if caller.holder else None,
                purpose="service",
                shown_number=self.services.shown_number,
                staff=await outside.shown_staff(tx, offer.agent),
                at=at,
                stream=caller.interaction,
            )
            return outcome

        outcome = await self.services.database.run(work)
        if outcome == "refused":
            log.warning("a call-back may not be made", interaction=offer.interaction)
            await self._give_up(offer)
        if outcome != "rings":
            return
        conversation = Conversation(self.services, caller=caller, call=call, callback=offer)
        self.start(conversation)
        await self.services.line.send(
            Place(
                call=call,
                target=self.settings.trunk.replace("{number}", national(number)),
                from_user=self.services.shown_number,
                ring_seconds=CALLBACK_RING_SECONDS,
                headers=outside.signature(
                    self.services, to=number, purpose="callback", call=conversation
                ),
            )
        )

    async def _give_up(self, offer: Offer) -> None:
        at = self.services.clock()

        async def work(tx: Transaction) -> None:
            await routing.leave_queue(tx, interaction=offer.interaction, outcome="message", at=at)

        await self.services.database.run(work)

    # ------------------------------------------------------------ after a fault

    async def _hello(self, hello: Hello) -> None:
        up = {call.call: call for call in hello.calls}
        self.line = hello.line
        for phone in hello.phones:
            await self.phones.changed(phone)
        await self.phones.forget_others({phone.user for phone in hello.phones if phone.registered})
        await self.phones.tell()

        async def stored(tx: Transaction) -> list[Interaction]:
            return await desk.open_calls(tx)

        untold: list[Interaction] = []
        for interaction in await self.services.database.run(stored):
            known = self._by_call.get(interaction.call)
            if interaction.call not in up and interaction.line == hello.line:
                untold.append(interaction)  # the line tells a ringing call, or its end, once more
            elif interaction.call not in up:
                await self._lost(interaction, known)
            elif known is None:
                await self._resume(interaction, up[interaction.call])
        self._spawn(self._close_untold(untold))
        await self._reconcile(up)
        await self._recorder.recover(up.keys())
        self.ready.set()

    async def _lost(self, interaction: Interaction, known: Conversation | None) -> None:
        """The line no longer has this call: it died with an earlier line, or while we were away."""
        at = self.services.clock()
        if known:
            known.lost(at.timestamp())
            return

        async def work(tx: Transaction) -> None:
            await routing.leave_queue(tx, interaction=interaction.id, outcome="abandoned", at=at)
            await desk.close_interaction(tx, interaction.id, outcome="line-failed", at=at)
            if interaction.door in _PLACED:
                await trust.contact_ended(tx, key=trust.call_key(interaction.call), at=at)

        await self.services.database.run(work)

    async def _close_untold(self, interactions: list[Interaction]) -> None:
        """Close what the line says no more about: we had died between its word and our commit."""
        await asyncio.sleep(UNTOLD_SECONDS)
        for interaction in interactions:
            if interaction.call not in self._by_call and interaction.call not in self._early:
                await self._lost(interaction, None)

    async def _ended_while_away(self, event: Gone) -> None:
        at = datetime.fromtimestamp(event.at, UTC)

        async def work(tx: Transaction) -> None:
            interaction = await desk.find_by_call(tx, event.call)
            if interaction and interaction.closed_at is None:
                await routing.leave_queue(
                    tx, interaction=interaction.id, outcome="abandoned", at=at
                )
                await desk.close_interaction(tx, interaction.id, outcome=event.cause, at=at)
                if interaction.door in _PLACED:
                    await trust.contact_ended(tx, key=trust.call_key(event.call), at=at)

        await self.services.database.run(work)

    async def _resume(self, interaction: Interaction, call: CallUp) -> None:
        number = parse_phone(interaction.from_number)
        services = self.services
        if interaction.door == "campaign":
            services = replace(services, flow=services.bank_call)
        caller = Caller(
            interaction.id,
            number,
            interaction.from_number,
            line_user=interaction.from_number,
            language=interaction.language,
            proofs=interaction.proofs,
        )

        up = {own.leg: own for own in call.legs if own.answered}

        async def work(tx: Transaction) -> list[LegInCall]:
            caller.errand = await dialling.errand_of(tx, interaction.id, at=services.clock())
            if interaction.holder_id:
                caller.holder = await self.services.bank.holder(
                    tx, holder_id=HolderId(interaction.holder_id)
                )
            known = await desk.legs_of(tx, interaction.id)
            return [
                LegInCall(
                    leg.leg,
                    leg.purpose,
                    leg.target,
                    agent=leg.agent_id,
                    presence="talking",
                    since=leg.answered_at,
                    monitoring=leg.monitoring,
                )
                for leg in known
                if leg.leg in up
            ]

        legs = await services.database.run(work)
        state = restored_state(services.flow.nodes, interaction.state, services.flow.start)
        if legs:
            state = replace(state, phase="talk")
        conversation = Conversation(services, caller=caller, call=CallId(call.call), state=state)
        conversation.continue_from(call.answered)
        if call.placed:
            conversation.proof_key = trust.call_key(call.call)
        for leg in legs:
            conversation.parties.add(leg)
        self.start(conversation)
        if legs:
            conversation.parties.mode = interaction.state.get("mode", "talk")
        if interaction.state.get("at_keys"):
            conversation.post(EntryInterrupted())
        for leg in legs:
            if up[leg.leg].silent:
                conversation.post(Silent(call=call.call, at=call.began, party=leg.leg))
        if call.answered is None:
            if not call.placed:
                await self.services.line.send(Answer(call=call.call))
        elif legs:
            log.info("a talk went on while we were away", call=call.call)
        elif interaction.answered_at is None:
            conversation.post(Answered(call=call.call, party="caller", at=call.answered))
        else:
            conversation.post(BackAgain())

    async def _reconcile(self, up: dict[str, CallUp]) -> None:
        at = self.services.clock()
        facts = CallsUp(
            calls=frozenset(CallId(call) for call in up),
            legs=frozenset(LegId(leg.leg) for call in up.values() for leg in call.legs),
        )

        async def work(tx: Transaction) -> None:
            await routing.reconcile(tx, up=facts, policy=self.services.routing, at=at)

        await self.services.database.run(work)

    # ------------------------------------------------------------ tasks

    def start(self, conversation: Conversation) -> None:
        """Serve a conversation in a task of its own."""
        self._by_call[conversation.call] = conversation
        door = "callback" if conversation.callback else "phone"
        self.services.observer.call_opened("campaign" if conversation.caller.errand else door)
        self._spawn(self._serve(conversation))

    async def _serve(self, conversation: Conversation) -> None:
        try:
            await conversation.run()
        finally:
            self._by_call.pop(conversation.call, None)

    def _spawn(self, work: "asyncio.Future[None] | object") -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a task of a call failed", exc_info=task.exception())
