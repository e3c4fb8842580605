"""``ports.Mail`` on a folder: every e-mail as one ``.eml`` file; nothing leaves the machine."""

import asyncio
import hashlib
from pathlib import Path

from cardline.adapters.paper.folder import write_whole


class MailFolder:
    """Keeps what would have been sent, to be looked at with any mail program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, *, envelope: str, to: str, message: bytes, key: str) -> str:
        """Keep one e-mail; the same ``key`` overwrites itself. Returns the name of the file."""
        name = f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.eml"
        await asyncio.to_thread(self._write, name, message)
        return name

    def _write(self, name: str, message: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._folder / name, message)
