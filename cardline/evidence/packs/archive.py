"""Writing a ZIP file of which the same content always gives the same bytes."""

import hashlib
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from cardline.evidence.packs.form import Listed

_DAY = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_STORED = ("recordings/", "files/")
"""Sound and pictures are dense already; stored, they can be read by the simplest of tools."""


class Archive:
    """A pack being written; a context manager. Names come in the order in which they are put.

    Nobody else on this machine can read it. Raises ``FileExistsError``.
    """

    def __init__(self, path: Path) -> None:
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(opened, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.listed: list[Listed] = []
        """Everything written so far."""

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def put(self, name: str, parts: Iterable[bytes], *, of: str = "") -> None:
        """Write a file, part by part."""
        info = zipfile.ZipInfo(name, _DAY)
        info.external_attr = _MODE
        info.create_system = 3
        stored = name.startswith(_STORED)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=stored) as out:
            for part in parts:
                digest.update(part)
                size += len(part)
                out.write(part)
        self.listed.append(Listed(name, size, digest.hexdigest(), of))
