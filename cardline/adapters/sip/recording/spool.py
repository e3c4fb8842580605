"""What the spool holds about calls: their marks, their captures, and how they leave it."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from cardline.adapters.sip.recording.marks import CallMarks

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MARKS = ".marks"
_CAPTURE = ".pcap"
_DONE = ".done"
_TAIL_BYTES = 4096


def is_call_name(name: str) -> bool:
    """True where ``name`` may stand in file names."""
    return _NAME.fullmatch(name) is not None


def marks_file(spool: Path, call: str) -> Path:
    return spool / f"{call}{_MARKS}"


def captures_of(spool: Path, call: str, marks: CallMarks) -> tuple[list[Path], list[str]]:
    """Return the capture files of a call, and the names of marked ones that are nowhere.

    Besides the marked ones these are, as after a crash, all files ``<call>*.pcap`` in the spool or
    a folder of it whose name goes on after the call with neither letter nor digit.
    """
    found: dict[Path, None] = {}
    missing = []
    folders = [spool, *(Path(entry.path) for entry in os.scandir(spool) if entry.is_dir())]
    for name in marks.captures:
        base = Path(name).name
        places = [spool / name, *(folder / base for folder in folders)]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            missing.append(base)
        else:
            found[path.resolve()] = None
    for folder in folders:
        names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(call)]
        for name in sorted(names):
            if name.endswith(_CAPTURE) and not name[len(call) : len(call) + 1].isalnum():
                found[(folder / name).resolve()] = None
    return list(found), missing


class Spool:
    """A folder of calls; remembers what it has looked at, to look again only at what grew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sizes: dict[str, int] = {}

    def calls(self) -> list[str]:
        """Return every call of which there is anything: marks or captures."""
        marked = {path.name.removesuffix(_MARKS) for path in self.folder.glob(f"*{_MARKS}")}
        captured = {
            re.split(r"[=.]", path.name, maxsplit=1)[0]
            for pattern in ("*.pcap", "*/*.pcap")
            for path in self.folder.glob(pattern)
        }
        orphans = {call for call in captured if not any(_belongs(call, to) for to in marked)}
        return sorted(call for call in marked | orphans if is_call_name(call))

    def finished(self) -> list[str]:
        """Return the calls whose marks ended with ``gone`` since the last look."""
        found = []
        sizes: dict[str, int] = {}
        for path in self.folder.glob(f"*{_MARKS}"):
            try:
                size = path.stat().st_size
                sizes[path.name] = size
                if self._sizes.get(path.name) != size and _tells_gone(path, size):
                    found.append(path.name.removesuffix(_MARKS))
            except OSError:
                continue
        self._sizes = sizes
        return sorted(call for call in found if is_call_name(call))

    def knows(self, call: str) -> bool:
        """True where there is anything of this call."""
        if marks_file(self.folder, call).exists():
            return True
        return bool(captures_of(self.folder, call, CallMarks())[0])

    def remove(self, call: str, captures: Sequence[Path]) -> None:
        """Remove a call whose recording is safe.

        The marks go aside first: a crash in between must not let the rest look like a call whose
        recording is still to be made.
        """
        done = self.folder / f"{call}{_DONE}"
        lines = "".join(f"{path}\n" for path in captures)
        done.write_text(lines, encoding="utf-8")
        marks_file(self.folder, call).unlink(missing_ok=True)
        self._finish(done)

    def finish_removals(self) -> None:
        """Complete what a crash cut short."""
        for done in self.folder.glob(f"*{_DONE}"):
            marks_file(self.folder, done.name.removesuffix(_DONE)).unlink(missing_ok=True)
            self._finish(done)

    def _finish(self, done: Path) -> None:
        for line in done.read_text(encoding="utf-8").splitlines():
            Path(line).unlink(missing_ok=True)
        done.unlink()


def _belongs(name: str, call: str) -> bool:
    rest = name.removeprefix(call)
    return name.startswith(call) and not (rest and rest[0].isalnum())


def _tells_gone(path: Path, size: int) -> bool:
    with path.open("rb") as file:
        file.seek(max(size - _TAIL_BYTES, 0))
        return re.search(rb'"mark"\s*:\s*"gone"', file.read()) is not None
