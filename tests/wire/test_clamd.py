"""The virus scanner's protocol, against a daemon of our own: clean, infected, all else."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from cardline.adapters.files.clamd import Clamd

Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
_MARK = b"a mark that the daemon knows"


@asynccontextmanager
async def daemon(reply: Reply) -> AsyncIterator[str]:
    """A daemon that reads one INSTREAM and answers with ``reply``."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", await reader.readexactly(4))[0]:
                content += await reader.readexactly(size)
            await reply(content, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _honest(content: bytes, writer: asyncio.StreamWriter) -> None:
    found = b"stream: Known-Mark FOUND\0" if _MARK in content else b"stream: OK\0"
    for place in range(len(found)):  # in pieces, as a network may
        writer.write(found[place : place + 1])
        await writer.drain()


async def test_a_clean_file_passes_and_an_infected_one_does_not() -> None:
    async with daemon(_honest) as address:
        scanner = Clamd(address)
        assert await scanner.scan(b"x" * 300_000) == "clean"
        assert await scanner.scan(b"x" * 70_000 + _MARK) == "infected"


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: OK",
        b"",
        b"OK\0",
        b"stream: OK and more\0",
        b"\xff" * 100_000,
    ],
)
async def test_whatever_is_no_clear_word_is_unsure(answer: bytes) -> None:
    async def reply(content: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with daemon(reply) as address:
        assert await Clamd(address).scan(b"x") == "unsure"


async def test_a_daemon_that_is_away_or_silent_is_unsure() -> None:
    async def silent(content: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async with daemon(silent) as address:
        assert await Clamd(address, seconds=0.3).scan(b"x") == "unsure"
    assert await Clamd(address, seconds=5).scan(b"x") == "unsure"
    assert await Clamd("/nowhere/clamd.ctl").scan(b"x") == "unsure"
