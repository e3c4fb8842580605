"""Agents' browsers in a call: answering, falling silent, coming back (row A4).

A leg lives in the line, not in the page. A page that is loaded again brings a new SDP for the same
leg; until it does, the caller hears a word and music, and is kept for as long as the pack says.
"""

import asyncio
from typing import TYPE_CHECKING

from cardline.core.errors import Conflict
from cardline.core.ids import LegId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.call.inputs import AwayTooLong
from cardline.hotline.call.parties import LegInCall
from cardline.ports.line.commands import WebAnswer
from cardline.ports.line.events import WebAnswered

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

SdpAnswer = asyncio.Future[str]

_UNUSABLE, _FULL = 488, 503
"""Statuses of :class:`Failed` and :class:`WebRefused` that are about the browser's sound."""


class SoundRefused(Conflict):
    """The line could not make a connection out of what the browser offered."""

    code = "sound-refused"


class LegGone(Conflict):
    """The leg ended before the browser had answered it."""

    code = "leg-gone"


class LineFull(Conflict):
    """The line had no way left for this browser's sound."""

    code = "line-full"


class BeingAnswered(Conflict):
    """Another page answers the same leg at this moment."""

    code = "being-answered"


class Browsers:
    """The browser side of one conversation."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation
        self._asked: dict[LegId, SdpAnswer] = {}

    # ------------------------------------------------------------ answering

    async def answer(self, leg: LegInCall, sdp: str, answer: SdpAnswer) -> None:
        """Hand a browser's offer to the line; its answer comes as :class:`WebAnswered`.

        One after another: the line's answer does not say to which offer it belongs.
        """
        asked = self._asked.get(leg.leg)
        if asked is not None and not asked.done():
            raise BeingAnswered("another page of yours answers at this moment; try again")
        self._asked[leg.leg] = answer
        call = self._call
        await call.services.line.send(WebAnswer(call=call.call, leg=leg.leg, sdp=sdp))

    def answered(self, event: WebAnswered) -> None:
        """Give the line's answer to the page that waits for it."""
        waiting = self._asked.pop(LegId(event.party), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(event.sdp)

    def refused(self, leg: str, status: int) -> None:
        """Tell the page that its offer came to nothing; what becomes of the leg is told apart.

        A page answers when the ringing ends, or the caller hangs up, in the same moment: then the
        line knows no such leg any more, and nothing was wrong with the page's sound.
        """
        why: Conflict
        if status == _UNUSABLE:
            why = SoundRefused("the line cannot use what this browser offers")
        elif status == _FULL:
            why = LineFull("the line has no way left for this browser's sound; try again")
        else:
            why = LegGone(f"the ringing ended before you answered ({status})")
        self._settle(LegId(leg), why)

    def forget(self, leg: str) -> None:
        """The leg is gone."""
        self._settle(LegId(leg), LegGone("this call is over"))

    def _settle(self, leg: LegId, error: Conflict) -> None:
        waiting = self._asked.pop(leg, None)
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

    # ------------------------------------------------------------ silence

    async def silent(self, leg_id: LegId) -> None:
        """A page is being loaded, or asleep: keep the caller, and say so."""
        call = self._call
        leg = call.parties.find(leg_id)
        if leg is None or leg.presence != "talking":
            return
        leg.presence = "away"
        leg.absences += 1
        call.later(call.services.routing.rejoin.total_seconds(), AwayTooLong(leg_id, leg.absences))
        await call.talking.connect()
        await call.talking.comfort()
        await self._note("party.away", leg)

    async def heard(self, leg_id: LegId) -> None:
        """It is back: the talk goes on where it was."""
        call = self._call
        leg = call.parties.find(leg_id)
        if leg is None or leg.presence != "away":
            return
        comforted = call.parties.caller_is_alone and not call.parties.at_keys
        leg.presence = "talking"
        if comforted:
            await call.talking.back_to_caller()
        else:
            await call.talking.connect()
        await self._note("party.back", leg)

    async def away_too_long(self, event: AwayTooLong) -> None:
        """Nobody waits longer for a voice: the caller goes back to the queue, at the old place."""
        call = self._call
        leg = call.parties.find(event.leg)
        if leg is None or leg.presence != "away" or leg.absences != event.absence:
            return
        await call.talking.hang_up(leg)
        await call.talking.gone(leg.leg, "away-too-long", call.now().timestamp())

    async def _note(self, kind: str, leg: LegInCall) -> None:
        call = self._call
        at = call.now()
        body: JsonObject = {"leg": leg.leg, "agent": leg.agent}

        async def work(tx: Transaction) -> None:
            await desk.note(tx, call.interaction, kind, body, at=at)

        await call.services.database.run(work)
