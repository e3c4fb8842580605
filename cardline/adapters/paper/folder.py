"""``ports.Print`` on a folder: a PDF and what the printer must know, one pair a letter.

Whoever prints takes ``NAME.json`` as the sign that the letter is whole: it is written last.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any


class PrintFolder:
    """Writes ``NAME.pdf``, ``NAME.enclosure-1.pdf`` … and ``NAME.json`` below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(
        self, *, pdf: bytes, enclosures: list[bytes], manifest: dict[str, Any], key: str
    ) -> str:
        """Write one letter; the same letter again overwrites itself. Returns its name."""
        name = str(manifest["name"])
        await asyncio.to_thread(self._write, name, pdf, enclosures, manifest)
        return name

    def _write(
        self, name: str, pdf: bytes, enclosures: list[bytes], manifest: dict[str, Any]
    ) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._folder / f"{name}.pdf", pdf)
        for place, content in enumerate(enclosures, start=1):
            write_whole(self._folder / f"{name}.enclosure-{place}.pdf", content)
        told = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
        write_whole(self._folder / f"{name}.json", told)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    unfinished = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
