"""sipp as the callers and as the agents' phones, with voices for what it only announces."""

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.processes import cpu_seconds
from bench.speech import AGENT_HZ, CALLER_HZ

_SCENARIOS = Path(__file__).parent / "calls"
_STEP = 4
"""sipp gives each call four ports."""
_EVERY = 10


class Generator:
    """Callers and agents of one run; everything they write lies in ``folder``."""

    def __init__(self, folder: Path, *, caller_rtp: int = 11000, agent_rtp: int = 16000) -> None:
        self.folder = folder
        self._rtp = {"caller": caller_rtp, "agent": agent_rtp}
        self._voices: dict[str, subprocess.Popen[str]] = {}
        self.agents: subprocess.Popen[bytes] | None = None
        self.callers: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def prepare(self, *, numbers: Sequence[str], seconds: float, key: str, key_at: float) -> None:
        """Write what they say and who they are, and let them wait for a word."""
        for path in _SCENARIOS.glob("*.xml"):
            shutil.copy(path, self.folder)
        (self.folder / "numbers.csv").write_text("SEQUENTIAL\n" + "\n".join(numbers) + "\n")
        speeches = {
            "caller": (CALLER_HZ, seconds, key, key_at),
            "agent": (AGENT_HZ, seconds, "-", 0),
        }
        for side, first in self._rtp.items():
            # The first four ports sipp binds itself.
            ports = (first + _STEP, len(numbers) + 8, _STEP, _EVERY)
            self._voices[side] = subprocess.Popen(
                [sys.executable, "-m", "bench.voices", *map(str, ports + speeches[side])],
                stdout=subprocess.PIPE,
                text=True,
            )
        for voices in self._voices.values():
            assert voices.stdout is not None
            if not voices.stdout.readline():
                raise RuntimeError("the ports for sound cannot be held")

    def answer(self, port: int) -> None:
        """Let the agents' phones answer at this port."""
        self.agents = self._sipp("agent", port, ())

    def call(self, target: str, port: int, *, calls: int, cps: float, hold: float) -> None:
        """Place the calls; ``callers`` ends when all are over."""
        limit = calls / cps + hold + 40
        self.callers = self._sipp(
            "caller",
            port,
            (
                *("-inf", "numbers.csv", "-s", "hotline", "-m", str(calls), "-l", str(calls)),
                *("-r", str(round(cps * 10)), "-rp", "10000", "-d", str(round(hold * 1000))),
                *("-trace_rtt", "-rtt_freq", "1", "-trace_stat", "-fd", "1", "-stf", "stat.csv"),
                *("-recv_timeout", "20000", "-timeout", f"{limit:.0f}s", target),
            ),
        )

    def _sipp(self, who: str, port: int, more: Sequence[str]) -> subprocess.Popen[bytes]:
        arguments = [
            *("-sf", f"{who}.xml", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(port)),
            *("-mp", str(self._rtp[who]), "-nostdin"),
            *("-trace_logs", "-log_file", f"{who}.log", "-trace_err", "-error_file", f"{who}.err"),
            *more,
        ]
        with (self.folder / f"{who}.out").open("wb") as out:
            return subprocess.Popen(
                ["bash", "-c", 'ulimit -n "$(ulimit -Hn)"; exec sipp "$@"', "sipp", *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> dict[str, Any]:
        """End everybody; return what they heard, by side."""
        for process in (self.callers, self.agents):
            if process is not None:
                with contextlib.suppress(OSError):
                    os.kill(process.pid, signal.SIGKILL)
                process.wait()
        heard = {}
        for side, voices in self._voices.items():
            voices.terminate()
            heard[side] = json.loads(voices.communicate(timeout=10)[0].strip().splitlines()[-1])
        self._voices.clear()
        return heard

    # ------------------------------------------------------------ figures

    def cpu_seconds(self) -> float:
        """Return what callers and agents have cost so far."""
        everybody = (self.callers, self.agents, *self._voices.values())
        present = [one.pid for one in everybody if one is not None]
        return sum(map(cpu_seconds, present))

    @property
    def succeeded(self) -> int:
        """How many calls went as they should, so far."""
        return self.count("SuccessfulCall(C)")

    def count(self, name: str) -> int:
        """Return one of the callers' counters, so far."""
        return int(self._statistics().get(name) or 0)

    def said(self) -> str:
        """Return what sipp wrote to its screen and its log of errors, shortened."""
        paths = sorted([*self.folder.glob("*.out"), *self.folder.glob("*.err")])
        return "\n".join(path.read_text(errors="replace")[-800:] for path in paths)

    def _statistics(self) -> dict[str, str]:
        """Return the last line of sipp's statistics; empty before the first."""
        try:
            with (self.folder / "stat.csv").open(newline="") as file:
                rows = list(csv.DictReader(file, delimiter=";"))
        except FileNotFoundError:
            return {}
        return rows[-1] if rows else {}

    def times(self, name: str) -> list[float]:
        """Return all times of one kind in milliseconds."""
        found = []
        for path in self.folder.glob("caller_*_rtt.csv"):
            with path.open(newline="") as file:
                rows = [row for row in csv.reader(file, delimiter=";") if len(row) >= 3]
            found += [float(row[1]) for row in rows if row[2].strip() == name]
        return found

    def marks(self, who: str, word: str) -> dict[str, float]:
        """Return by number when something was logged, in seconds since 1970."""
        path = self.folder / f"{who}.log"
        if not path.exists():
            return {}
        found: dict[str, float] = {}
        for line in path.read_text(errors="replace").splitlines():
            read = re.match(rf"{word} (\S+) .*?(\d{{10}}\.\d+)", line)
            if read:
                found.setdefault(read[1], float(read[2]))
        return found


def share(values: Sequence[float], part: float) -> float | None:
    """Return a percentile, or ``None`` of nothing."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else None
