"""Where files of people lie, and who looks whether they do harm."""

from typing import Literal, Protocol

Scan = Literal["clean", "infected", "unsure"]


class FileShelf(Protocol):
    """Where files of people lie. All may block: call them in a thread."""

    def put(self, content: bytes) -> str:
        """Keep a file whole or not at all; return the random name under which it lies."""

    def get(self, path: str) -> bytes | None:
        """Return a file; ``None`` where there is none of this name."""

    def replace(self, path: str, content: bytes) -> bool:
        """Put other bytes in the place of a file, whole or not at all; false: there is none."""

    def drop(self, path: str) -> None:
        """Remove a file; one that is gone already is no fault."""


class Scanner(Protocol):
    """A virus scanner."""

    async def scan(self, content: bytes) -> Scan:
        """Look at a file; ``unsure`` for whatever is not a clear answer."""
        ...
