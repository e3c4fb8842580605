"""What processes cost: CPU time and memory from ``/proc``, ended children included."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_HZ = os.sysconf("SC_CLK_TCK")


def family(root: int) -> dict[int, str]:
    """Return a process and all its descendants, each by the part that it plays in Cardline."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    found: dict[int, str] = {}
    todo = [root]
    while todo:
        pid = todo.pop()
        found[pid] = _part(pid, found.get(parents.get(pid, 0), ""))
        todo += [child for child, parent in parents.items() if parent == pid and child not in found]
    return found


def _part(pid: int, parent: str) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return parent
    if "postgres" in command.split("\0")[0]:
        return "postgres"
    if "sip.recording.worker" in command:
        return "recorder"
    if parent in ("line", "media"):
        return "media"
    return "line" if "cardline.adapters.sip\0--socket" in command else "app"


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _HZ


def memory_mb(pid: int) -> float:
    """Return what a process holds in memory, shared pages in their share (PSS)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


class Machine(NamedTuple):
    """Jiffies of the whole machine so far."""

    busy: int
    whole: int
    stolen: int
    """While the machine wanted to run and its host did not let it."""

    @classmethod
    def now(cls) -> "Machine":
        """Read them."""
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        fields = [int(word) for word in words]
        return cls(sum(fields) - fields[3] - fields[4], sum(fields), fields[7])

    def busy_since(self, earlier: "Machine") -> float:
        """Return the share of the time since then that was used by anybody."""
        return round((self.busy - earlier.busy) / max(1, self.whole - earlier.whole), 3)

    def stolen_since(self, earlier: "Machine") -> float:
        """Return the share of the time since then that the host gave to others."""
        return round((self.stolen - earlier.stolen) / max(1, self.whole - earlier.whole), 3)


@dataclass
class Meter:
    """Samples one family of processes."""

    root: int
    parts: dict[int, str] = field(default_factory=dict)
    samples: list[tuple[float, float]] = field(default_factory=list)
    """Time and CPU-seconds so far."""
    peak_mb: dict[str, float] = field(default_factory=dict)
    """By part, at the moment when all together were most."""
    _before: dict[int, float] = field(default_factory=dict)
    _used: dict[int, float] = field(default_factory=dict)
    _machine: Machine = field(default_factory=Machine.now)

    def start(self) -> None:
        """Count from now on."""
        self.parts = family(self.root)
        self._before = {pid: cpu_seconds(pid) for pid in self.parts}
        self._machine = Machine.now()
        self.sample()

    def sample(self, *, memory: bool = False) -> None:
        """Take one sample; ``memory`` too, which costs some milliseconds."""
        present = family(self.root)
        self.parts |= present
        for pid in present:
            used = cpu_seconds(pid)
            self._used[pid] = max(self._used.get(pid, 0.0), used - self._before.get(pid, 0.0))
        # The time of an ended child is in its parent's from then on.
        for pid in self._used.keys() - present.keys():
            self._used[pid] = 0.0
        self.samples.append((time.time(), self.total))
        if memory:
            held: dict[str, float] = {}
            for pid, part in present.items():
                held[part] = held.get(part, 0.0) + memory_mb(pid)
            self.peak_mb = max(self.peak_mb, held, key=lambda one: sum(one.values()))

    @property
    def total(self) -> float:
        """CPU-seconds since the start."""
        return sum(self._used.values())

    def by_part(self) -> dict[str, float]:
        """Return CPU-seconds of each part of Cardline."""
        told: dict[str, float] = {}
        for pid, used in self._used.items():
            part = self.parts.get(pid, "app")
            told[part] = round(told.get(part, 0.0) + used, 2)
        return told

    def box_busy(self) -> float:
        """Return the share of the machine's time that was used by anybody."""
        return Machine.now().busy_since(self._machine)

    def stolen(self) -> float:
        """Return the share of its time that the machine's host gave to others."""
        return Machine.now().stolen_since(self._machine)
