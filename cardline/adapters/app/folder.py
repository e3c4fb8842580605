"""``ports.Push`` on a folder: every message as one JSON file; nothing leaves the machine."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

from cardline.adapters.paper.folder import write_whole


class PushFolder:
    """Keeps what would have been sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, *, message: dict[str, Any], key: str) -> str:
        """Keep one message; the same ``key`` overwrites itself. Returns the name of the file."""
        name = f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
        await asyncio.to_thread(self._write, name, message)
        return name

    def _write(self, name: str, message: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        told = json.dumps(message, ensure_ascii=False, indent=2).encode()
        write_whole(self._folder / name, told)
