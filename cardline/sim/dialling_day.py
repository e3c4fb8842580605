"""A day of dialling on a virtual clock: agents, people who answer or not, and the pacing rule.

Nothing waits in real time; the same seed is the same day. The rule is the one that dials
(``outreach.campaigns.rules.pacing``); around it are only chance and bookkeeping, so that what is
measured here is the rule.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from cardline.outreach.campaigns.model import Floor, Mode
from cardline.outreach.campaigns.rules.pacing import calls_to_place

Kind = Literal["tick", "answer", "ring-over", "talk-over", "wrap-over", "back"]


@dataclass(frozen=True, slots=True)
class Day:
    """What a day is like; times in seconds."""

    agents: int = 20
    hours: float = 8.0
    answer_rates: tuple[float, ...] = (0.24, 0.30, 0.34, 0.28, 0.22, 0.27, 0.33, 0.38)
    """Share of calls that are answered, hour by hour; the last goes on."""
    busy_rate: float = 0.06
    ring: float = 25.0
    answered_within: tuple[float, float] = (4.0, 16.0)
    opening: float = 20.0
    """The opening is played while the agent is there already (row D3)."""
    talk: float = 110.0
    wrap_up: float = 25.0
    breaks: float = 0.03
    """Share of wrap-ups after which an agent takes ten minutes."""
    sudden_breaks: float = 0.0
    """An agent who is ready goes away within a second, with this probability."""
    limit: float = 0.03
    lines_an_agent: int = 3
    supposed_rate: float = 0.6
    samples: int = 60


@dataclass
class Ended:
    """What became of a day."""

    dialled: int = 0
    answered: int = 0
    abandoned: int = 0
    talks: int = 0
    occupied: float = 0.0
    """Agent-seconds with a person, or in the wrap-up."""
    on_duty: float = 0.0
    """Agent-seconds of being there, breaks not counted."""
    vanished: int = 0
    """Agents who went away while ready."""
    worst_excess: int = 0
    """Most abandoned calls beyond the limit, at any moment of the day."""

    @property
    def occupancy(self) -> float:
        """Share of their time that agents were with people or wrote it up."""
        return self.occupied / self.on_duty if self.on_duty else 0.0

    @property
    def abandonment(self) -> float:
        """Share of answered calls for which no agent was free."""
        return self.abandoned / self.answered if self.answered else 0.0


@dataclass
class _State:
    now: float = 0.0
    ready: int = 0
    held: int = 0
    """Taken for a call that rings (progressive)."""
    busy: int = 0
    wrapping: int = 0
    away: int = 0
    ringing: int = 0
    """Hold no agent."""
    events: list[tuple[float, int, Kind]] = field(default_factory=list)
    serial: int = 0
    last: deque[tuple[bool, float]] = field(default_factory=deque)
    """The last calls: answered or not, and after how long."""
    handled: deque[float] = field(default_factory=deque)


def live_through(day: Day, mode: Mode, seed: int) -> Ended:
    """Run one day and return what became of it."""
    return _Dialling(day, mode, Random(seed)).run()


class _Dialling:
    def __init__(self, day: Day, mode: Mode, chance: Random) -> None:
        self.day = day
        self.mode = mode
        self.chance = chance
        self.ended = Ended()
        self.state = _State(ready=day.agents)

    def run(self) -> Ended:
        day, state = self.day, self.state
        self._later(0.0, "tick")
        end = day.hours * 3600
        while state.events:
            at, _, kind = heapq.heappop(state.events)
            if at > end:
                break
            self._passes(at - state.now)
            state.now = at
            self._happens(kind)
            excess = self.ended.abandoned - day.limit * self.ended.answered
            self.ended.worst_excess = max(self.ended.worst_excess, round(excess + 0.4999))
        return self.ended

    def _happens(self, kind: Kind) -> None:
        state = self.state
        match kind:
            case "tick":
                self._sudden_breaks()
                self._dial()
                self._later(1.0, "tick")
            case "answer":
                self._answered()
            case "ring-over":
                self._rung_out()
            case "talk-over":
                state.busy -= 1
                state.wrapping += 1
                self._later(self._about(self.day.wrap_up), "wrap-over")
            case "wrap-over":
                state.wrapping -= 1
                self._free()
            case "back":
                state.away -= 1
                state.ready += 1

    # ------------------------------------------------------------ dialling

    def _dial(self) -> None:
        state, day = self.state, self.day
        calls = calls_to_place(
            self.mode, self._floor(), limit=day.limit, lines_an_agent=day.lines_an_agent
        )
        for _ in range(calls):
            self.ended.dialled += 1
            if self.mode is Mode.PROGRESSIVE:
                state.ready -= 1
                state.held += 1
            else:
                state.ringing += 1
            drawn = self.chance.random()
            if drawn < self._answer_rate():
                self._later(self.chance.uniform(*day.answered_within), "answer")
            elif drawn < self._answer_rate() + day.busy_rate:
                self._later(2.0, "ring-over")
            else:
                self._later(day.ring, "ring-over")

    def _floor(self) -> Floor:
        state, day = self.state, self.day
        enough = len(state.last) >= day.samples
        answers = [lead for answered, lead in state.last if answered]
        return Floor(
            ready=state.ready,
            busy=state.busy,
            ringing=state.ringing,
            answered=self.ended.answered,
            abandoned=self.ended.abandoned,
            answer_rate=max(0.01, len(answers) / len(state.last)) if enough else day.supposed_rate,
            handling=sum(state.handled) / len(state.handled) if state.handled else 240.0,
            lead=sum(answers) / len(answers) if answers else day.ring / 2,
        )

    def _answer_rate(self) -> float:
        hour = int(self.state.now // 3600)
        return self.day.answer_rates[min(hour, len(self.day.answer_rates) - 1)]

    def _answered(self) -> None:
        state, day = self.state, self.day
        self.ended.answered += 1
        self._learn(True)
        if self.mode is Mode.PROGRESSIVE:
            state.held -= 1
        else:
            state.ringing -= 1
            if state.ready == 0:
                self.ended.abandoned += 1
                return
            state.ready -= 1
        state.busy += 1
        self.ended.talks += 1
        length = day.opening + self.chance.expovariate(1.0 / day.talk)
        state.handled.append(length)
        if len(state.handled) > day.samples:
            state.handled.popleft()
        self._later(length, "talk-over")

    def _rung_out(self) -> None:
        self._learn(False)
        if self.mode is Mode.PROGRESSIVE:
            self.state.held -= 1
            self.state.ready += 1
        else:
            self.state.ringing -= 1

    def _learn(self, answered: bool) -> None:
        lead = sum(self.day.answered_within) / 2
        self.state.last.append((answered, lead))
        if len(self.state.last) > self.day.samples:
            self.state.last.popleft()

    # ------------------------------------------------------------ agents and time

    def _free(self) -> None:
        if self.chance.random() < self.day.breaks:
            self.state.away += 1
            self._later(600.0, "back")
        else:
            self.state.ready += 1

    def _sudden_breaks(self) -> None:
        for _ in range(self.state.ready):
            if self.chance.random() < self.day.sudden_breaks:
                self.state.ready -= 1
                self.state.away += 1
                self.ended.vanished += 1
                self._later(600.0, "back")

    def _passes(self, seconds: float) -> None:
        state = self.state
        self.ended.occupied += seconds * (state.busy + state.wrapping)
        self.ended.on_duty += seconds * (self.day.agents - state.away)

    def _about(self, mean: float) -> float:
        return self.chance.uniform(0.5 * mean, 1.5 * mean)

    def _later(self, seconds: float, kind: Kind) -> None:
        self.state.serial += 1
        heapq.heappush(self.state.events, (self.state.now + seconds, self.state.serial, kind))
