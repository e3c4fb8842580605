"""Documents and letters."""

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cardline.core.errors import CardlineError


class Print(Protocol):
    """Who prints letters and puts them into envelopes."""

    async def send(
        self, *, pdf: bytes, enclosures: list[bytes], manifest: dict[str, Any], key: str
    ) -> str:
        """Hand over one letter with what the printer must know; ``key`` as in :meth:`Sms.send`."""
        ...


class TypesettingFailed(CardlineError):
    """A document could not be set: the template is at fault, or it took too long."""

    code = "typesetting-failed"


class Typesetter(Protocol):
    """Makes PDF/A-2a documents, every font embedded, out of a template and plain data."""

    async def typeset(
        self, template: Path, data: dict[str, Any], *, at: datetime | None = None
    ) -> bytes:
        """Return the document, dated ``at``. Raises :class:`TypesettingFailed`.

        ``template``: a Typst file that reads ``json(bytes(sys.inputs.data))`` and files of its own
        folder. ``data`` is text, never markup; a character that no font has is set as 〓.
        """
        ...

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of ``text`` that no font has, once each."""
        ...
