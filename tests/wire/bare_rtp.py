"""Bare RTP for the tests of the line: one byte over and over, key presses, what was heard."""

import asyncio
import secrets
import struct
from typing import Any

SECONDS = 12.0
"""How long a test waits for something that should happen at once."""


class Rtp(asyncio.DatagramProtocol):
    """One end of an RTP stream."""

    def __init__(self) -> None:
        self.port = 0
        self.heard: list[bytes] = []
        """Whole packets, in order of arrival."""
        self._seq = secrets.randbits(12)
        self._stamp = secrets.randbits(20)
        self._ssrc = secrets.randbits(32)
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> "Rtp":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def packet(
        self, to: tuple[str, int], payload: bytes, *, kind: int = 0, stamp: int | None = None
    ) -> None:
        assert self._transport is not None
        self._seq = (self._seq + 1) & 0xFFFF
        if stamp is None:
            self._stamp += 160
        head = struct.pack("!BBHII", 0x80, kind, self._seq, stamp or self._stamp, self._ssrc)
        self._transport.sendto(head + payload, to)

    async def talk(
        self, to: tuple[str, int], seconds: float, *, byte: int = 0x31, kind: int = 0
    ) -> None:
        """Send one byte value over and over, every 20 ms."""
        for _ in range(round(seconds * 50)):
            self.packet(to, bytes([byte]) * 160, kind=kind)
            await asyncio.sleep(0.02)

    async def press(
        self, to: tuple[str, int], digit: str, *, kind: int = 101, repeat: int = 3
    ) -> None:
        """One key press of 100 ms with its end sent three times (RFC 4733)."""
        code = "0123456789*#".index(digit)
        self._stamp += 160
        stamp = self._stamp
        for step in range(1, 6):
            self.packet(to, struct.pack("!BBH", code, 10, 160 * step), kind=kind, stamp=stamp)
            await asyncio.sleep(0.02)
        for _ in range(repeat):
            self.packet(to, struct.pack("!BBH", code, 0x8A, 800), kind=kind, stamp=stamp)
            await asyncio.sleep(0.005)
        self._stamp += 800

    def bytes_heard(self, kind: int = 0) -> set[int]:
        """The byte values in the audio that came."""
        return {byte for packet in self.heard if packet[1] & 0x7F == kind for byte in packet[12:]}

    def digits_heard(self, kind: int = 101) -> set[int]:
        return {packet[12] for packet in self.heard if packet[1] & 0x7F == kind}

    async def wait_for(self, byte: int, *, kind: int = 0, within: float = SECONDS) -> None:
        """Until this byte value was heard."""
        deadline = asyncio.get_running_loop().time() + within
        while not any(p[1] & 0x7F == kind and byte in p[12:] for p in self.heard[-40:]):
            assert asyncio.get_running_loop().time() < deadline, f"{byte:#x} was never heard"
            await asyncio.sleep(0.01)
