"""Makes the recordings of finished calls: one quiet process for all the calls of a line.

``python -m cardline.adapters.sip.recording.worker SPOOL OUTDIR`` prints one JSON line for each
recording and then takes the call out of the spool. After a crash a line may come twice, with the
same sound. A call whose recording could not be written stays in the spool and is tried again.

With ``--master-keys`` recordings lie sealed, each under a key of its own. The line then stands in
``OUTDIR/.CALL.told`` too, until whoever keeps the key has it: a lost key is a lost recording.
"""

import argparse
import dataclasses
import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cardline.adapters.sealer.keyring import KeyRing
from cardline.adapters.sip.recording.making import build_recording
from cardline.adapters.sip.recording.marks import read_marks
from cardline.adapters.sip.recording.spool import Spool, captures_of, is_call_name, marks_file
from cardline.adapters.sip.recording.story import Recording
from cardline.adapters.sip.recording.wav import Coding, Seal, sync_folder
from cardline.evidence.sealing.keys import make_key, recording_key
from cardline.evidence.sealing.model import CIPHERS, Cipher, Sealer, Unreadable

_PAUSE = 0.5
"""Seconds between two looks at the spool."""
_RETRY = 30.0
"""Seconds until a call is tried again whose recording could not be written."""
_NICENESS = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Sealing:
    """Under what recordings are sealed."""

    sealer: Sealer
    cipher: Cipher = "aes-256-gcm"

    def new(self, call: str) -> Seal:
        """Make the key of one recording. Raises :class:`Unreadable` without a master key."""
        name = recording_key(f"{call}.wav")
        return Seal(*make_key(self.sealer, name=name, cipher=self.cipher))


def told_file(outdir: Path, call: str) -> Path:
    """Return where the line about a sealed recording stands until its key is kept."""
    return outdir / f".{call}.told"


def finish_call(
    spool: Path, call: str, outdir: Path, coding: Coding = "ulaw", seal: Seal | None = None
) -> Recording | None:
    """Make ``OUTDIR/<call>.wav``, or return None for a call that never was: no answer, no media.

    The spool keeps everything. Raises ``OSError`` where the file cannot be written.
    """
    marks = read_marks(marks_file(spool, call))
    if marks.answered is None and not captures_of(spool, call, marks)[0]:
        return None
    return build_recording(spool, call, outdir / f"{call}.wav", coding=coding, seal=seal)


class Worker:
    """Finishes calls one after another and tells of each."""

    def __init__(
        self,
        spool: Path,
        outdir: Path,
        coding: Coding = "ulaw",
        sealing: Sealing | None = None,
    ) -> None:
        self._spool = Spool(spool)
        self._sealing = sealing
        self._outdir = outdir
        self._coding: Coding = coding
        self._failed: dict[str, float] = {}
        self._spool.finish_removals()

    def recover(self) -> None:
        """Take every call in the spool for ended, as after the death of the line."""
        for call in self._spool.calls():
            self.finish(call)

    def look(self) -> None:
        """Finish the calls that ended since the last look, and those that failed a while ago."""
        now = time.monotonic()
        for call in [call for call, again in self._failed.items() if again <= now]:
            self.finish(call)
        for call in self._spool.finished():
            if call not in self._failed:
                self.finish(call)

    def finish(self, call: str) -> None:
        """Make and tell the recording of one call, then remove its spool files.

        Nothing is told of a call that the spool does not know (any more).
        """
        self._failed.pop(call, None)
        if not self._spool.knows(call):
            return
        try:
            seal = self._sealing.new(call) if self._sealing else None
            recording = finish_call(self._spool.folder, call, self._outdir, self._coding, seal)
            line: dict[str, object] = {"call": call, "file": None}
            if recording is not None:
                line |= _told(recording)
                if seal is not None:
                    line["key"] = _kept(seal)
                    _write(told_file(self._outdir, call), line)
        except OSError as error:
            self._fail(call, error.strerror or type(error).__name__)
            return
        except Unreadable as error:
            self._fail(call, error.message)
            return
        _tell(line)
        self._spool.remove(call, recording.sources if recording else ())

    def _fail(self, call: str, why: str) -> None:
        self._failed[call] = time.monotonic() + _RETRY
        _tell({"call": call, "error": why})


def _told(recording: Recording) -> dict[str, object]:
    told = dataclasses.asdict(recording)
    del told["sources"]
    return {**told, "file": str(recording.file), "seconds": round(recording.seconds, 3)}


def _kept(seal: Seal) -> dict[str, str]:
    kept = seal.kept
    assert kept.wrapped is not None
    return {
        "id": kept.id,
        "name": kept.name,
        "cipher": kept.cipher,
        "master": kept.master,
        "wrapped": kept.wrapped.hex(),
    }


def _write(path: Path, line: dict[str, object]) -> None:
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(line))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def _tell(line: dict[str, object]) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def _named(seconds: float) -> Iterator[str] | None:
    """Wait for names of calls on standard input; None where it was closed."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return iter(())
    fresh = os.read(sys.stdin.fileno(), 65536)
    return iter(fresh.decode("ascii", "replace").split()) if fresh else None


def main() -> None:
    """Run the worker from the command line."""
    parser = argparse.ArgumentParser(description="make the recordings of finished calls")
    parser.add_argument("spool", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--once", action="store_true", help="look once and leave")
    parser.add_argument("--recover", action="store_true", help="take every call found for ended")
    parser.add_argument("--stdin", action="store_true", help="names of ended calls; ends with it")
    parser.add_argument("--pcm", action="store_true", help="16-bit samples instead of µ-law")
    parser.add_argument("--master-keys", type=Path, help="folder of master keys: seal recordings")
    parser.add_argument("--cipher", choices=CIPHERS, default=CIPHERS[0], help="with what")
    options = parser.parse_args()
    os.nice(_NICENESS)
    options.outdir.mkdir(parents=True, exist_ok=True)
    sealing: Sealing | None = None
    if options.master_keys is not None:
        ring = KeyRing(options.master_keys, cipher=options.cipher)
        sealing = Sealing(ring, options.cipher)
    worker = Worker(options.spool, options.outdir, "pcm" if options.pcm else "ulaw", sealing)
    if options.recover:
        worker.recover()
    worker.look()
    while not options.once:
        if not options.stdin:
            time.sleep(_PAUSE)
        elif (names := _named(_PAUSE)) is None:
            break
        else:
            for name in filter(is_call_name, names):
                worker.finish(name)
        worker.look()


if __name__ == "__main__":
    main()
