"""``ports.Typesetter`` by Typst: one process a document, killed where it takes too long."""

import asyncio
import contextlib
import json
import sys
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

from cardline.adapters.typst.fonts import FONTS, coverage, further
from cardline.ports.paper import TypesettingFailed

_CHILD = Path(__file__).with_name("child.py")
_GETA = "〓"
"""What printers put where a type is missing; every font of ours has it."""
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, joiners and halves of characters: nothing that is drawn."""
_AT_ONCE = 2


class TypstSetter:
    """Sets documents without network, system fonts or markup in what it is given."""

    def __init__(self, *, fonts: Path | None = None, seconds: float = 20.0) -> None:
        """Take a folder of further fonts, and the longest time that a document may take."""
        self._fonts = fonts
        self._seconds = seconds
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def typeset(
        self, template: Path, data: dict[str, Any], *, at: datetime | None = None
    ) -> bytes:
        """Return the document as PDF/A-2a; ``at`` is its date. Raises ``TypesettingFailed``.

        The same template, data and date give the same bytes.
        """
        fonts = [str(path.parent) for path in (*FONTS, *further(self._fonts))]
        cleaned = await asyncio.to_thread(self._clean, data)
        task = {
            "template": str(template),
            "root": str(template.parent),
            "fonts": sorted(set(fonts)),
            "data": json.dumps(cleaned, ensure_ascii=False),
            "timestamp": int(at.timestamp()) if at else None,
            "seconds": max(1, int(self._seconds)),
        }
        async with self._room:
            return await self._run(json.dumps(task).encode())

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of ``text`` that no font has, once each."""
        known = coverage(self._fonts)
        return tuple(
            dict.fromkeys(one for one in text if not known.has(one) and not _drawn_as_nothing(one))
        )

    def _clean(self, value: Any) -> Any:
        match value:
            case str():
                return self._clean_text(value)
            case dict():
                return {key: self._clean(one) for key, one in value.items()}
            case list() | tuple():
                return [self._clean(one) for one in value]
            case _:
                return value

    def _clean_text(self, text: str) -> str:
        known = coverage(self._fonts)
        plain = unicodedata.normalize("NFC", text).replace("\t", " ")
        return "".join(
            one if one == "\n" or known.has(one) else _GETA
            for one in plain
            if not _drawn_as_nothing(one)
        )

    async def _run(self, task: bytes) -> bytes:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_CHILD),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # A template that asked for a package of the network would find nobody there.
            env={"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"},
        )
        try:
            async with asyncio.timeout(self._seconds):
                pdf, fault = await child.communicate(task)
        except TimeoutError:
            raise TypesettingFailed("the document took too long to be set") from None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode != 0 or not pdf.startswith(b"%PDF-"):
            said = fault.decode("utf-8", "replace").strip()
            raise TypesettingFailed(f"the document could not be set: {said or 'no document'}")
        return pdf


def _drawn_as_nothing(character: str) -> bool:
    return (
        unicodedata.category(character) in _DROPPED and character != "\n"
    ) or "\ufe00" <= character <= "\ufe0f"
