"""A virus scanner: ClamAV's daemon, spoken to by its INSTREAM command over TCP or a Unix socket."""

import asyncio
import struct

import structlog

from cardline.ports.files import Scan

log = structlog.get_logger()

_CHUNK = 64 * 1024


class Clamd:
    """``HOST:PORT``, or the path of a Unix socket. Whatever goes wrong: unsure."""

    def __init__(self, address: str, *, seconds: float = 20.0) -> None:
        self._address = address
        self._seconds = seconds

    async def scan(self, content: bytes) -> Scan:
        """Send a file through the scanner."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(content)
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as error:
            log.warning("the virus scanner does not answer", why=type(error).__name__)
            return "unsure"
        if answer == "stream: OK":
            return "clean"
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            log.warning("the virus scanner found something", what=answer[8:-6][:80])
            return "infected"
        log.warning("the virus scanner could not scan", answer=answer[:80])
        return "unsure"

    async def _ask(self, content: bytes) -> str:
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                writer.write(struct.pack("!L", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!L", 0))
            await writer.drain()
            answer = await reader.readuntil(b"\0")
        finally:
            writer.close()
        return answer.rstrip(b"\0\n").decode(errors="replace")

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))
