"""Rooms of a mixer: who hears whom, and the sound that each party gets every 20 ms."""

import random
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import DECODED, PAYLOAD_TYPE, Law, encode
from cardline.adapters.sip.mixer_party import FRAME, Address, Party, Source

_HEADER = 12
_REST_SECONDS = 2.0
"""Seconds for which a closed port is not given out again: late packets of its old party."""
_LAWS: tuple[Law, Law] = ("ulaw", "alaw")
Key = tuple[str, str]
"""Room and party."""


class Ports:
    """The even ports that may be given out; without a range any free one."""

    def __init__(self, host: str, low: int = 0, high: int = 0) -> None:
        self._host = host
        self._free = deque(range(low + low % 2, high + 1, 2)) if high else None
        self._resting: deque[tuple[float, int]] = deque()

    def bind(self, now: float) -> socket.socket:
        """Return a bound socket. Raises ``OSError`` where no port is free."""
        while self._resting and self._resting[0][0] <= now and self._free is not None:
            self._free.append(self._resting.popleft()[1])
        for _ in range(1 if self._free is None else len(self._free)):
            port = self._free.popleft() if self._free is not None else 0
            bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            bound.setblocking(False)
            try:
                bound.bind((self._host, port))
            except OSError:
                # Somebody else has it: it goes to the end of the row.
                bound.close()
                if self._free is not None:
                    self._free.append(port)
                continue
            return bound
        raise OSError("no free port")

    def give_back(self, port: int, now: float) -> None:
        if self._free is not None:
            self._resting.append((now + _REST_SECONDS, port))


@dataclass(slots=True)
class Member:
    """A party in its room."""

    party: Party
    idle: float | None
    """Seconds without a packet that are told."""
    seen: int = 0
    seen_at: float = 0.0
    is_idle: bool = False


Tell = Callable[[dict[str, object]], None]


class Rooms:
    """All rooms of a process; ``tell`` takes the events."""

    def __init__(self, ports: Ports, tell: Tell) -> None:
        self._ports = ports
        self._tell = tell
        self._members: dict[Key, Member] = {}
        self._hears: dict[str, Mapping[str, Sequence[str]]] = {}
        self._mix = _Mix([], {})

    def __len__(self) -> int:
        return len(self._members)

    def open(
        self,
        key: Key,
        *,
        law: Law,
        peer: Address | None,
        event_type: int,
        idle: float | None,
        now: float,
    ) -> int:
        """Let a party in, or change what it is; returns its port. Raises ``OSError``."""
        known = self._members.get(key)
        bound = known.party.socket if known else self._ports.bind(now)
        party = Party(bound, law=law, source=Source(peer), event_type=event_type)
        self._members[key] = Member(party, idle, seen_at=now)
        self._changed()
        port: int = bound.getsockname()[1]
        return port

    def hears(self, room: str, hears: Mapping[str, Sequence[str]]) -> None:
        """Say for a whole room who hears whom from now on."""
        self._hears[room] = hears
        self._changed()

    def close(self, room: str, party: str | None, now: float) -> None:
        """Put one party out, or all of a room."""
        for key in [key for key in self._members if key[0] == room and party in (None, key[1])]:
            member = self._members.pop(key)
            port = member.party.socket.getsockname()[1]
            member.party.socket.close()
            self._ports.give_back(port, now)
        if party is None:
            self._hears.pop(room, None)
        self._changed()

    def step(self, now: float) -> None:
        """Receive, mix and send 20 ms of everybody."""
        for (room, name), member in self._members.items():
            party = member.party
            party.receive(now)
            if party.packets != member.seen:
                member.seen, member.seen_at, member.is_idle = party.packets, now, False
                for digit in party.keys:
                    self._tell({"event": "key", "room": room, "party": name, "digit": digit})
                party.keys.clear()
            elif member.idle is not None and now - member.seen_at >= member.idle:
                self._tell_idle(room, name, member)
        self._mix.send()

    def _tell_idle(self, room: str, name: str, member: Member) -> None:
        if not member.is_idle:
            member.is_idle = True
            told = {"event": "idle", "room": room, "party": name, "seconds": member.idle}
            self._tell(told)

    def _changed(self) -> None:
        streams = self._mix.streams
        places = {key: place for place, key in enumerate(self._members)}
        parties = [member.party for member in self._members.values()]
        self._mix = _Mix(parties, {k: streams[k] for k in streams if k in places})
        ...
