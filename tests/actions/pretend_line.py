"""A line without sound: it says what a real one would say to each command, at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from cardline.ports.line.commands import (
    CALLER,
    Answer,
    Connect,
    Dial,
    HangUp,
    LineCommand,
    Party,
    Play,
    SecretEntry,
    StopPlay,
    WebAnswer,
)
from cardline.ports.line.events import (
    Answered,
    CallUp,
    Failed,
    Gone,
    Hello,
    Incoming,
    Key,
    LegUp,
    LineEvent,
    PlayEnded,
    Ringing,
    WebAnswered,
    WebRefused,
)

BAD = "v=0 nothing that a line can use"
"""An offer that is refused."""
CALL = "c1"


@dataclass
class PretendLine:
    """One call, ``c1``, whose legs are browsers."""

    events_told: asyncio.Queue[LineEvent] = field(default_factory=asyncio.Queue)
    sent: list[LineCommand] = field(default_factory=list)
    hears: dict[Party, tuple[Party, ...]] = field(default_factory=dict)
    playing: tuple[str, ...] = ()
    """What the caller hears playing and what goes on until it is stopped."""
    said: list[str] = field(default_factory=list)
    secret: bool = False
    legs: dict[str, bool] = field(default_factory=dict)
    """Legs that ring (False) or are up (True)."""
    silent: set[str] = field(default_factory=set)
    answers_with: int = 0
    """A status with which the leg fails whose browser answers next."""

    async def events(self) -> AsyncIterator[LineEvent]:
        while True:
            yield await self.events_told.get()

    def tell(self, event: LineEvent) -> None:
        self.events_told.put_nowait(event)

    async def send(self, command: LineCommand) -> None:
        self.sent.append(command)
        match command:
            case Answer():
                self.tell(Answered(call=CALL, at=time.time(), party=CALLER))
            case Play(party="caller"):
                self._play(command)
            case StopPlay(party="caller"):
                self.playing = ()
            case SecretEntry(on=on):
                self.secret = on
            case Connect(hears=hears):
                self.hears = dict(hears)
            case Dial(leg=leg):
                self.legs[leg] = False
                self.tell(Ringing(call=CALL, at=time.time(), party=leg))
            case WebAnswer():
                self._web_answer(command)
            case HangUp(party=party):
                self._hang_up(party)

    def _play(self, play: Play) -> None:
        self.said += play.pieces
        self.playing = play.pieces if play.loop else ()
        if not play.loop:
            self.tell(
                PlayEnded(call=CALL, at=time.time(), play=play.play, party=CALLER, cause="finished")
            )

    def _web_answer(self, command: WebAnswer) -> None:
        leg, at = command.leg, time.time()
        up = self.legs.get(leg)
        if self.answers_with:
            del self.legs[leg]
            self.tell(Failed(call=CALL, at=at, party=leg, status=self.answers_with))
        elif command.sdp == BAD and up:
            self.tell(WebRefused(call=CALL, at=at, party=leg, status=488))
        elif command.sdp == BAD:
            del self.legs[leg]
            self.tell(Failed(call=CALL, at=at, party=leg, status=488))
        else:
            self.legs[leg] = True
            self.tell(WebAnswered(call=CALL, at=at, party=leg, sdp=f"answer to {command.sdp}"))
            if not up:
                self.tell(Answered(call=CALL, at=at, party=leg))

    def _hang_up(self, party: Party) -> None:
        at = time.time()
        if party == CALLER:
            self.caller_leaves("ended")
        elif self.legs.pop(party, False):
            self.tell(Gone(call=CALL, at=at, party=party, cause="ended"))
        else:
            self.tell(Failed(call=CALL, at=at, party=party, status=487))

    # ------------------------------------------------------------ what happens at the other end

    def opens(self, *calls: CallUp) -> None:
        """Say hello."""
        self.tell(Hello(line="line-1", sip="127.0.0.1:5060", calls=calls))

    def rings_in(self, number: str = "13711100001") -> None:
        """Somebody calls the hotline."""
        self.tell(
            Incoming(
                call=CALL,
                at=time.time(),
                from_user=number,
                from_name="",
                to_user="hotline",
                source="192.0.2.9:5060",
                sip_call_id="x",
            )
        )

    def press(self, keys: str) -> None:
        """The caller presses keys."""
        for digit in keys:
            self.tell(Key(call=CALL, at=time.time(), party=CALLER, digit=digit, secret=self.secret))

    def caller_leaves(self, cause: str = "hung-up") -> None:
        """The caller hangs up: the legs end with the call."""
        for leg in list(self.legs):
            self.tell(Gone(call=CALL, at=time.time(), party=leg, cause="call-ended"))
        self.legs.clear()
        self.tell(Gone(call=CALL, at=time.time(), party=CALLER, cause=cause))

    def still_up(self) -> CallUp:
        """Say of the call what a line says when the application is back."""
        now = time.time()
        return CallUp(
            call=CALL,
            from_user="13711100001",
            to_user="hotline",
            placed=False,
            began=now - 60,
            answered=now - 59,
            legs=tuple(
                LegUp(leg=leg, target="web:a7001", answered=up, silent=leg in self.silent)
                for leg, up in self.legs.items()
            ),
            hears=self.hears,
        )
