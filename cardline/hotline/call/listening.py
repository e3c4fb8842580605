"""Listening to the callee of a call that the bank makes: who answered, and when a machine records.

The line tells what is heard, the rules of campaigns say what it means, and the flow goes on. The
rules are asked whenever something is heard and when they wish to look again, so that there is an
end in time also where the line hears nothing, or cannot.
"""

from typing import TYPE_CHECKING

from cardline.hotline.call.doing import do_act
from cardline.hotline.call.inputs import ListenDue
from cardline.hotline.flows.model import Do, Judged, ListensFor
from cardline.outreach.campaigns.machine_model import Callee, Heard, Judgement, Undecided
from cardline.outreach.campaigns.rules.machines import judge_callee, message_moment
from cardline.ports.line.commands import Listen
from cardline.ports.line.events import Sound

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation


class Listening:
    """What a conversation has heard so far; nothing for a call that is not listened to."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation
        self._for: ListensFor | None = None
        self._heard: dict[tuple[str, float], Heard] = {}
        self._turn = 0

    async def begin(self, what: ListensFor) -> None:
        """Listen until it is clear; the line does so since the answer."""
        self._for = what
        if what == "tone":
            limit = self._call.services.campaigns.machines.rule.message_limit
            await self._tell_line(limit)
        await self._look()

    async def sound(self, event: Sound) -> None:
        """Take what the line heard."""
        began, ended = self._call.since_answer(event.began), event.ended
        until = None if ended is None else self._call.since_answer(ended)
        # What began before the answer was told to us is the callee's first word all the same.
        self._heard[event.kind, event.began] = Heard(event.kind, max(0.0, began), until)
        await self._look()

    async def due(self, event: ListenDue) -> None:
        """It is time to look again."""
        if event.turn == self._turn:
            await self._look()

    async def key(self) -> None:
        """A key was pressed: it is a person, whatever was made of what was heard."""
        judged = self._call.caller.judged
        taken_for_machine = judged is not None and judged.callee is Callee.MACHINE
        if self._for is None and not taken_for_machine:
            return
        await self._end()
        await do_act(self._call, Do("note_person", {}, {}, {}, {}))

    async def _look(self) -> None:
        rule = self._call.services.campaigns.machines.rule
        now = self._call.since_answer(self._call.now().timestamp())
        heard = sorted(self._heard.values(), key=lambda one: one.began)
        if self._for == "person":
            found: Judgement | Undecided | str = judge_callee(heard, rule, now=now)
        elif self._for == "tone":
            found = message_moment(heard, rule, now=now)
        else:
            return
        if isinstance(found, Undecided):
            self._turn += 1
            self._call.later(max(0.0, found.look_at - now), ListenDue(self._turn))
        elif isinstance(found, Judgement):
            self._call.caller.judged = found
            is_machine = found.callee is Callee.MACHINE
            await self._end(line=not is_machine)
            await self._call.apply(Judged("machine" if is_machine else "person"))
        else:
            await self._end()
            await self._call.apply(Judged(found))

    async def _end(self, *, line: bool = True) -> None:
        self._for = None
        self._turn += 1
        if line:
            await self._tell_line(0.0)

    async def _tell_line(self, seconds: float) -> None:
        await self._call.services.line.send(Listen(call=self._call.call, seconds=seconds))
