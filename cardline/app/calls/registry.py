"""All calls of this node: line events find their conversation, new calls get one (row A1)."""

import asyncio

import structlog

from cardline.app.calls.arriving import Arriving
from cardline.app.calls.phones import Phones
from cardline.app.calls.recorder import Recorder
from cardline.app.calls.resuming import Resuming
from cardline.app.calls.ringing_back import RingingBack
from cardline.app.operation.alarms import Alarms
from cardline.app.settings import Settings
from cardline.core.ids import AgentId
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.inputs import Offered, OfferGone
from cardline.hotline.services import Services
from cardline.ports.line.commands import CALLER
from cardline.ports.line.events import Alarm, Event, Gone, Hello, Incoming, PhoneState
from cardline.routing.model import Offer

log = structlog.get_logger()


class Calls:
    """The conversations of this node, by call and by the interaction that routing knows."""

    def __init__(
        self, services: Services, settings: Settings, alarms: Alarms, recorder: Recorder
    ) -> None:
        self.services = services
        self.settings = settings
        self.alarms = alarms
        self.recorder = recorder
        self.line = ""
        self.ready = asyncio.Event()
        self.phones = Phones(services)
        self._by_call: dict[str, Conversation] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._arriving = Arriving(self)
        self._ringing_back = RingingBack(self)
        self._resuming = Resuming(self)

    def __len__(self) -> int:
        return len(self._by_call)

    async def all_over(self) -> None:
        """Wait until no call is up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def by_call(self, call: str) -> Conversation | None:
        """Return the conversation of a call."""
        return self._by_call.get(call)

    def is_known(self, call: str) -> bool:
        """True for a call that is served, or about to be."""
        return call in self._by_call or self._arriving.waits(call)

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
                await self._resuming.hello(event)
            case Incoming():
                self.spawn(self._arriving.incoming(event))
            case PhoneState():
                await self.phones.changed(event)
            case Alarm():
                await self.alarms.raised(event)
            case Event(call=call):
                conversation = self._by_call.get(call)
                if conversation:
                    conversation.post(event)
                elif self._arriving.waits(call):
                    self._arriving.keep(event)
                elif isinstance(event, Gone) and event.party == CALLER:
                    await self._resuming.ended_while_away(event)

    # ------------------------------------------------------------ offers

    async def offered(self, offer: Offer) -> None:
        """Bring an offer to the conversation that it is about, or ring back who asked for it."""
        conversation = self.by_interaction(offer.interaction)
        if conversation:
            conversation.post(Offered(offer))
        elif offer.callback:
            await self._ringing_back.call(offer)

    def offer_gone(self, offer: str) -> None:
        """Stop ringing for an offer that has ended."""
        for conversation in self._by_call.values():
            if conversation.parties.by_offer(offer):
                conversation.post(OfferGone(offer))

    # ------------------------------------------------------------ tasks

    def start(self, conversation: Conversation) -> None:
        """Serve a conversation in a task of its own."""
        self._by_call[conversation.call] = conversation
        door = "callback" if conversation.callback else "phone"
        self.services.observer.call_opened("campaign" if conversation.caller.errand else door)
        self.spawn(self._serve(conversation))

    async def _serve(self, conversation: Conversation) -> None:
        try:
            await conversation.run()
        finally:
            self._by_call.pop(conversation.call, None)

    def spawn(self, work: "asyncio.Future[None] | object") -> None:
        """Do something beside all else; what goes wrong is logged."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a task of a call failed", exc_info=task.exception())
