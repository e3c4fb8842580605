"""Texts that come in, the parts of long ones put together."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from cardline.adapters.smpp.charset import NotText, Piece, decode, piece_of
from cardline.adapters.smpp.pdu import Party, Tag, Text

log = structlog.get_logger()

PATIENCE = 60.0
"""Seconds for which parts wait for the rest; then what is there is taken alone."""
MOST_WAITING = 1000

Whole = Callable[[Party, Party, str], Awaitable[None]]


@dataclass(slots=True)
class _Waiting:
    until: float
    of: int
    source: Party
    to: Party
    coding: int
    parts: dict[int, bytes] = field(default_factory=dict)

    def text(self) -> str:
        # Octets are joined before they are read: a vendor may have cut between two surrogates.
        return decode(b"".join(part for _, part in sorted(self.parts.items())), self.coding)


class Joiner:
    """Keeps parts in memory alone: a text may hold a secret, and no command is that long."""

    def __init__(self, whole: Whole) -> None:
        self._whole = whole
        self._waiting: dict[tuple[str, str, int, int], _Waiting] = {}
        self._more = asyncio.Event()

    async def take(self, text: Text) -> None:
        """Take one; a text that nobody can read is dropped, with a word in the log."""
        try:
            piece, content = _piece(text)
            if piece is None or piece.of == 1:
                await self._whole(text.source, text.to, decode(content, text.coding))
                return
        except NotText as error:
            log.warning("a text that cannot be read", why=str(error))
            return
        key = (text.source.number, text.to.number, piece.reference, piece.of)
        if key not in self._waiting and len(self._waiting) >= MOST_WAITING:
            await self._hand_on(next(iter(self._waiting)))
        until = asyncio.get_running_loop().time() + PATIENCE
        waiting = self._waiting.setdefault(
            key, _Waiting(until, piece.of, text.source, text.to, text.coding)
        )
        waiting.parts[piece.number] = content
        if len(waiting.parts) == piece.of:
            await self._hand_on(key)
        self._more.set()

    async def run(self) -> None:
        """Hand on what has waited long enough."""
        while True:
            if not self._waiting:
                self._more.clear()
                await self._more.wait()
                continue
            key, first = next(iter(self._waiting.items()))
            await asyncio.sleep(max(0.0, first.until - asyncio.get_running_loop().time()))
            if self._waiting.get(key) is not first:
                continue
            try:
                await self._hand_on(key)
            except Exception as error:
                log.error("a text could not be taken", fault=type(error).__name__)

    async def _hand_on(self, key: tuple[str, str, int, int]) -> None:
        waiting = self._waiting[key]
        try:
            await self._whole(waiting.source, waiting.to, waiting.text())
        except NotText as error:
            log.warning("a text that cannot be read", why=str(error))
        # Only now: where it could not be taken the other side delivers its last part again.
        self._waiting.pop(key, None)


def _piece(text: Text) -> tuple[Piece | None, bytes]:
    if text.has_header:
        return piece_of(text.content)
    reference, number, of = (text.options.get(tag) for tag in _SAR)
    if reference is None or number is None or of is None:
        return None, text.content
    found = Piece(int.from_bytes(reference, "big"), int.from_bytes(number), int.from_bytes(of))
    if not 1 <= found.number <= found.of:
        raise NotText(f"part {found.number} of {found.of}")
    return found, text.content


_SAR = (Tag.REFERENCE, Tag.NUMBER, Tag.TOTAL)
