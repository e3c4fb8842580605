"""A line without sound on which the bank calls: each placed call does what a test says."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from cardline.ports.line.commands import (
    CALLER,
    Connect,
    Dial,
    HangUp,
    LineCommand,
    Listen,
    Party,
    Place,
    Play,
)
from cardline.ports.line.events import (
    Answered,
    Failed,
    Gone,
    Hello,
    Key,
    LineEvent,
    PlayEnded,
    Ringing,
    Sound,
)


@dataclass
class BankLine:
    """Calls by the number that was dialled; agents' phones are picked up unless told otherwise."""

    told: asyncio.Queue[LineEvent] = field(default_factory=asyncio.Queue)
    numbers: dict[str, str] = field(default_factory=dict)
    """Call → number dialled."""
    up: set[str] = field(default_factory=set)
    over: dict[str, str] = field(default_factory=dict)
    """Call → how it ended."""
    said: dict[str, list[str]] = field(default_factory=dict)
    hears: dict[str, dict[Party, tuple[Party, ...]]] = field(default_factory=dict)
    legs: dict[str, list[str]] = field(default_factory=dict)
    listens: dict[str, list[float]] = field(default_factory=dict)
    """Call → for how long it was asked to listen, each time; begins with what the call was placed
    with."""
    answered_at: dict[str, float] = field(default_factory=dict)
    agents_pick_up: bool = True
    agents_ring_for_ever: bool = False

    async def events(self) -> AsyncIterator[LineEvent]:
        while True:
            yield await self.told.get()

    def tell(self, event: LineEvent) -> None:
        self.told.put_nowait(event)

    def opens(self) -> None:
        self.tell(Hello(line="line-1", sip="127.0.0.1:5060"))

    async def send(self, command: LineCommand) -> None:
        at = time.time()
        match command:
            case Place(call=call, target=target):
                self.numbers[call] = target.partition(":")[2].partition("@")[0]
                self.said[call], self.hears[call], self.legs[call] = [], {}, []
                self.listens[call] = [command.listen_seconds]
                self.tell(Ringing(call=call, at=at, party=CALLER))
            case Play(call=call, party="caller"):
                self.said[call] += command.pieces
                if not command.loop:
                    self.tell(
                        PlayEnded(
                            call=call, at=at, play=command.play, party=CALLER, cause="finished"
                        )
                    )
            case Listen(call=call, seconds=seconds):
                self.listens[call].append(seconds)
            case Dial(call=call, leg=leg):
                self.legs[call].append(leg)
                if self.agents_ring_for_ever:
                    self.tell(Ringing(call=call, at=at, party=leg))
                elif self.agents_pick_up:
                    self.tell(Answered(call=call, at=at, party=leg))
                else:
                    self.tell(Failed(call=call, at=at, party=leg, status=408))
            case Connect(call=call, hears=hears):
                self.hears[call] = dict(hears)
            case HangUp(call=call, party="caller"):
                if call in self.up:
                    self.leaves(call, "ended")
                elif call not in self.over:
                    self.over[call] = "taken back"
                    self.tell(Failed(call=call, at=at, party=CALLER, status=487))
            case HangUp(call=call, party=leg):
                self.tell(Failed(call=call, at=at, party=leg, status=487))
            case _:
                pass

    # ------------------------------------------------------------ what people do

    def call_to(self, number: str) -> str | None:
        """The call to a number, once it was placed."""
        return next((call for call, own in self.numbers.items() if own in number), None)

    def answers(self, call: str) -> None:
        self.up.add(call)
        self.answered_at[call] = at = time.time()
        self.tell(Answered(call=call, at=at, party=CALLER))

    def says(
        self, call: str, kind: Literal["speech", "tone"], began: float, ended: float | None = None
    ) -> None:
        """The callee is heard, at seconds since the answer."""
        since = self.answered_at[call]
        until = None if ended is None else since + ended
        self.tell(
            Sound(
                call=call, at=time.time(), party=CALLER, kind=kind, began=since + began, ended=until
            )
        )

    def refuses(self, call: str, status: int) -> None:
        self.over[call] = str(status)
        self.tell(Failed(call=call, at=time.time(), party=CALLER, status=status))

    def presses(self, call: str, digit: str) -> None:
        self.tell(Key(call=call, at=time.time(), party=CALLER, digit=digit))

    def leaves(self, call: str, cause: str = "hung-up") -> None:
        self.up.discard(call)
        self.over[call] = cause
        for leg in self.legs[call]:
            self.tell(Gone(call=call, at=time.time(), party=leg, cause="call-ended"))
        self.tell(Gone(call=call, at=time.time(), party=CALLER, cause=cause))

    def heard(self, call: str, prompt: str) -> bool:
        """True where a prompt was said, in whatever language."""
        return any(piece.partition("/")[2].partition(".")[0] == prompt for piece in self.said[call])
