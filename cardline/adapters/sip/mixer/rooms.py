"""Rooms of a mixer: who hears whom, and the sound that each party gets every 20 ms."""

import secrets
import select
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cardline.adapters.sip.g711 import DECODED, PAYLOAD_TYPE, Law, encode
from cardline.adapters.sip.mixer.party import FRAME, Address, Party, Source

_PACKET = np.dtype(
    [
        ("version", "u1"),
        ("kind", "u1"),
        ("sequence", ">u2"),
        ("timestamp", ">u4"),
        ("ssrc", ">u4"),
        ("payload", "u1", (FRAME,)),
    ]
)
_MOST_AT_ONCE = 50
"""Packets of one party that are taken in one step."""
_IDLE_STEPS = 5
"""Steps between two looks for those that went silent."""
_REST_SECONDS = 2.0
"""Seconds for which a closed port is not given out again: late packets of its old party."""
_LAWS: tuple[Law, Law] = ("ulaw", "alaw")
# Sums are made of 14 bits, which µ-law and A-law have, so that the tables stay in the cache.
_SAMPLES = np.concatenate([DECODED[law] for law in _LAWS]).astype(np.float32) / 4
_LOUDEST = 8191
_CODES = np.concatenate(
    [
        encode(np.arange(-_LOUDEST - 1, _LOUDEST + 1, dtype=np.int16) * np.int16(4), law)
        for law in _LAWS
    ]
)
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


class Member:
    """A party in its room, and the stream that it gets."""

    def __init__(self, party: Party, idle: float | None, now: float) -> None:
        self.party = party
        self.idle = idle
        """Seconds without a packet after which that is told."""
        self.since = now
        self.is_idle = False
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self.timestamp = secrets.randbits(32)


class Rooms:
    """All rooms of a process; ``tell`` takes the events."""

    def __init__(self, ports: Ports, tell: Callable[[dict[str, object]], None]) -> None:
        self._ports = ports
        self._tell = tell
        self._members: dict[Key, Member] = {}
        self._arrivals = select.epoll()
        self._by_number: dict[int, tuple[Key, Party]] = {}
        """By file descriptor."""
        self._hears: dict[str, Mapping[str, Sequence[str]]] = {}
        self._mix: _Mix | None = None
        self._steps = 0

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
        member = self._members.get(key)
        bound = self._ports.bind(now) if member is None else member.party.socket
        party = Party(bound, law=law, source=Source(peer), event_type=event_type)
        if member is None:
            member = self._members[key] = Member(party, idle, now)
            self._arrivals.register(bound, select.EPOLLIN)
        else:
            member.party, member.idle, member.since = party, idle, now
        self._by_number[bound.fileno()] = key, party
        self._mix = None
        port: int = bound.getsockname()[1]
        return port

    def hears(self, room: str, hears: Mapping[str, Sequence[str]]) -> None:
        """Say for a whole room who hears whom from now on."""
        self._hears[room] = hears
        self._mix = None

    def close(self, room: str, party: str | None, now: float) -> None:
        """Put one party out, or all of a room."""
        for key in [key for key in self._members if key[0] == room and party in (None, key[1])]:
            bound = self._members.pop(key).party.socket
            self._arrivals.unregister(bound)
            del self._by_number[bound.fileno()]
            self._ports.give_back(bound.getsockname()[1], now)
            bound.close()
        if party is None:
            self._hears.pop(room, None)
        self._mix = None

    def step(self, now: float) -> None:
        """Receive what has come, mix and send 20 ms to everybody."""
        for _ in range(_MOST_AT_ONCE):
            ready = self._arrivals.poll(0)
            if not ready:
                break
            for number, _event in ready:
                key, party = self._by_number[number]
                party.receive(now)
                if party.keys:
                    self._tell_keys(key, party)
        if self._steps % _IDLE_STEPS == 0:
            self._tell_idle(now)
        if self._mix is None:
            self._mix = _Mix(self._members, self._hears)
        self._mix.send(self._steps)
        self._steps += 1

    def _tell_keys(self, key: Key, party: Party) -> None:
        for digit in party.keys:
            self._tell({"event": "key", "room": key[0], "party": key[1], "digit": digit})
        party.keys.clear()

    def _tell_idle(self, now: float) -> None:
        for (room, party), member in self._members.items():
            silent = now - max(member.party.source.last, member.since)
            is_idle = member.idle is not None and silent >= member.idle
            if is_idle and not member.is_idle:
                event: dict[str, object] = {"event": "idle", "room": room, "party": party}
                self._tell({**event, "seconds": member.idle})
            member.is_idle = is_idle


class _Mix:
    """The sums of one moment's rooms, for all rooms in one product of matrices."""

    def __init__(
        self, members: Mapping[Key, Member], hears: Mapping[str, Mapping[str, Sequence[str]]]
    ) -> None:
        self._members = list(members.values())
        places = {key: place for place, key in enumerate(members)}
        count = len(members)
        self._heard = np.zeros((count, count), np.float32)
        for (room, name), place in places.items():
            for other in hears.get(room, {}).get(name, ()):
                if (room, other) in places:
                    self._heard[place, places[room, other]] = 1
        laws = [_LAWS.index(member.party.law) for member in self._members]
        law = np.array(laws, np.intp).reshape(-1, 1)
        self._sample_row = law * 256
        self._code_row = (law * 2 * (_LOUDEST + 1) + _LOUDEST + 1).astype(np.float32)
        self._sequence = np.array([member.sequence for member in self._members], np.uint16)
        self._timestamp = np.array([member.timestamp for member in self._members], np.uint32)
        packets = np.zeros(count, _PACKET)
        packets["version"] = 0x80
        packets["kind"] = [PAYLOAD_TYPE[member.party.law] for member in self._members]
        packets["ssrc"] = [member.ssrc for member in self._members]
        self._packets = packets
        whole = packets.view(np.uint8).data
        size = _PACKET.itemsize
        self._views = [whole[at : at + size] for at in range(0, count * size, size)]

    def send(self, step: int) -> None:
        """Take a frame from everybody, and send everybody the frame of step number ``step``."""
        if not self._members:
            return
        frames = b"".join([member.party.buffer.frame() for member in self._members])
        codes = np.frombuffer(frames, np.uint8).reshape(-1, FRAME)
        total = self._heard @ _SAMPLES.take(codes + self._sample_row)
        np.minimum(total, _LOUDEST, out=total)
        np.maximum(total, -_LOUDEST - 1, out=total)
        total += self._code_row
        packets = self._packets
        packets["payload"] = _CODES.take(total.astype(np.intp))
        packets["sequence"] = self._sequence + np.uint16(step & 0xFFFF)
        packets["timestamp"] = self._timestamp + np.uint32(step * FRAME & 0xFFFFFFFF)
        for member, packet in zip(self._members, self._views, strict=True):
            address = member.party.source.address
            if address is not None:
                try:
                    member.party.socket.sendto(packet, address)
                except OSError:
                    continue  # a peer that is gone: the line finds out by its silence
