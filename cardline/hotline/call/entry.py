"""A caller at the keys on an agent's request (row E5): nobody hears, only the result is seen.

It belongs to the conversation and ends by itself: by the last key, by silence, after a time limit,
by a word of the agent, with the last person in the call. However it ends, both talk again.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import AgentId, HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.call.doing import do_act
from cardline.hotline.call.entry_flow import (
    EntryKind,
    EntryState,
    ended_at,
    entry_flow,
    ready_to_do,
)
from cardline.hotline.call.inputs import EntryOver, EntrySilence
from cardline.hotline.flows import rules
from cardline.hotline.flows.model import (
    Await,
    Begin,
    Do,
    Finish,
    FlowCommand,
    FlowEvent,
    Hush,
    Pressed,
    Silence,
    Speak,
    Spoken,
)
from cardline.ports.line.commands import SecretEntry, StopPlay
from cardline.ports.line.events import Key

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

_MARGIN = 5.0
"""Seconds for which the line keeps the secret longer than we ask for keys."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """What may be seen of an entry: never a key, nor how many there were."""

    what: EntryKind
    state: EntryState
    reason: str = ""


class KeyEntry:
    """The entries of one conversation, one at a time."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation
        self.view: EntryView | None = None
        """The present entry, or the last one of this talk."""
        self._state = rules.initial(conversation.services.flow)
        self._flow = conversation.services.flow
        self._turn = 0
        """Which entry it is: the time limit of an earlier one does not count."""
        self._wait = 0
        """Rises with whatever happens: a silence that was awaited before does not count."""

    @property
    def runs(self) -> bool:
        """True while the caller is at the keys."""
        return self.view is not None and self.view.state == "waiting"

    async def begin(self, what: EntryKind, *, by: AgentId) -> None:
        """Send the caller to the keys; from now on nobody hears anybody."""
        call = self._call
        self.view = EntryView(what, "waiting")
        self._flow = entry_flow(what, call.services.flow)
        self._state = replace(rules.initial(self._flow), language=call.caller.spoken_language)
        self._turn += 1
        call.parties.at_keys = True
        await call.talking.connect()
        limit = call.services.routing.entry.total_seconds()
        secret = SecretEntry(call=call.call, on=True, seconds=limit + _MARGIN)
        await call.services.line.send(secret)
        call.later(limit, EntryOver(self._turn))
        await self._note("call.keys-asked", {"what": what}, by=Actor("agent", by))
        await self.take(Begin())

    async def pressed(self, key: Key) -> None:
        """A key of the caller. What came before the line kept secrets does not count."""
        if key.secret:
            await self.take(Pressed(key.digit, key.at))

    async def take(self, event: FlowEvent) -> None:
        """Let the flow of the entry take one step."""
        if not self.runs:
            return
        self._wait += 1
        self._state, commands = rules.step(self._flow, self._state, event)
        for command in commands:
            await self._perform(command)

    async def silence(self, due: EntrySilence) -> None:
        """Nothing was pressed for so long as the flow waits."""
        if due.serial == self._wait:
            await self.take(Silence())

    async def over(self, due: EntryOver) -> None:
        """The time limit of an entry has come."""
        if due.turn == self._turn:
            await self.cancel("time-out")

    async def cancel(self, reason: str) -> None:
        """End it without a result; both talk again."""
        if self.runs:
            await self._end("cancelled", reason)

    async def interrupted(self) -> None:
        """Nothing is known of the entry any more but that there was one: both talk again."""
        call = self._call
        call.parties.at_keys = False
        await call.services.line.send(SecretEntry(call=call.call, on=False))
        if call.parties.engaged():
            await call.talking.back_to_caller()
        body: JsonObject = {"result": "cancelled", "reason": "restart"}
        await self._note("call.keys-ended", body, by=SYSTEM)

    async def _perform(self, command: FlowCommand) -> None:
        call = self._call
        match command:
            case Speak(said):
                node = f"entry.{self._state.node}"
                if not said or not await call.speaking.say(command, node=node):
                    await self.take(Spoken())
            case Hush():
                call.speaking.hush()
                await call.services.line.send(StopPlay(call=call.call))
            case Await(seconds):
                call.later(seconds, EntrySilence(self._wait))
            case Do():
                await self.take(await do_act(call, ready_to_do(command)))
            case Finish():
                ended = ended_at(self._state.node)
                await self._end(ended.state, ended.reason)
            case _:
                pass  # the secret is kept from the first prompt to the last, not key by key

    async def _end(self, state: EntryState, reason: str) -> None:
        call = self._call
        assert self.view is not None
        self.view = replace(self.view, state=state, reason=reason)
        self._state = rules.stored(self._state)
        self._turn += 1
        call.parties.at_keys = False
        await call.services.line.send(SecretEntry(call=call.call, on=False))
        await call.talking.back_to_caller()
        body: JsonObject = {"what": self.view.what, "result": state}
        if reason:
            body["reason"] = reason
        await self._note("call.keys-ended", body, by=SYSTEM)

    async def _note(self, kind: str, body: JsonObject, *, by: Actor) -> None:
        call = self._call
        at = call.now()

        async def work(tx: Transaction) -> None:
            await desk.note(tx, call.interaction, kind, body, at=at, by=by)
            await call.keeping.save(tx, call.state, at=at)

        await call.services.database.run(work)


async def learn_whom(call: "Conversation") -> HolderId | None:
    """Read whom the call is about, as an agent may have said so meanwhile; return the holder."""

    async def read(tx: Transaction) -> None:
        stored = await desk.find(tx, call.interaction)
        if stored is None:
            return
        caller = call.caller
        caller.proofs = call.keeping.saved = stored.proofs
        claimed = stored.proofs.claimed
        if claimed and (caller.holder is None or caller.holder.id != claimed):
            caller.holder = await call.services.bank.holder(tx, holder_id=claimed)

    await call.services.database.run(read)
    return call.caller.holder.id if call.caller.holder else None
