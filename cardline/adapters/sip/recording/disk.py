"""Recordings on the disk: begun with every answer, watched, and begun anew after a full disk.

Recording stops while there is still some room: the database often lies on the same disk, and
whatever else happens, nothing journaled may be lost.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cardline.adapters.sip import log
from cardline.adapters.sip.signalling.stack import every
from cardline.ports.line.events import Alarm

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call
    from cardline.adapters.sip.process import LineProcess

_LEAST = 64 << 10
_LOOK = 2.0
"""Seconds between two looks at the disk."""


class Recordings:
    """Starts the recordings and tells of those that failed. Calls go on in any case."""

    def __init__(self, host: "LineProcess", spool: Path, free_bytes: int) -> None:
        self._host = host
        self._spool = spool
        self._wanted = max(free_bytes, _LEAST)
        self._full = False
        self._failed: dict[str, bool] = {}
        """Calls without a recording now; whether their file was closed."""
        self._parts: dict[str, int] = {}

    def watch(self) -> None:
        every(_LOOK, self._look)

    def begin(
        self, call: "Call", *, again: bool = False, then: Callable[[], None] | None = None
    ) -> None:
        """Record both sides of a call into one file; ``then`` is called when it runs, or cannot."""
        if self._full:
            self._closed(call)
            if then is not None:
                then()
            return
        call.marks.add("pcap", file=f"{call.id}=f.pcap")

        def begun(ok: bool) -> None:
            if not ok and not call.ending:
                self._closed(call)
            elif again:
                call.marks.add("gap", on=False)
                self._alarm(call.id, cleared=True)
            if then is not None:
                then()

        if call.secret.recording:
            call.session.record("caller", True)
        call.session.record("far", True, begun)

    def paused(self, call: str) -> bool:
        """True while this call has no open file."""
        return self._failed.get(call, False)

    def failed(self, call: "Call") -> None:
        """A mark of this call could not be written."""
        if call.id not in self._failed:
            self._failed[call.id] = False
            self._alarm(call.id)

    def complained(self, text: str) -> None:
        """Take a line that rtp.io wrote about an error (``ERR:<call>:...``)."""
        words = text.split(":")
        call = self._host.calls.get(words[1]) if len(words) > 2 else None
        if call is not None and ("recording session" in text or "can't open file" in text):
            self._closed(call)
        else:
            log.note("media process", text[:200])

    def forget(self, call: str) -> None:
        self._failed.pop(call, None)
        self._parts.pop(call, None)

    def _closed(self, call: "Call") -> None:
        if not self._failed.get(call.id):
            self._alarm(call.id)
            self._failed[call.id] = True
            call.marks.add("gap", on=True)

    def _look(self) -> None:
        try:
            stat = os.statvfs(self._spool)
            free = stat.f_bavail * stat.f_frsize
        except OSError:
            free = 0
        full = free < self._wanted
        if full and not self._full:
            self._full = True
            self._alarm("")
            for call in self._host.calls.values():
                if call.answered is not None and not call.ending:
                    call.session.record("caller", False)
                    call.session.record("far", False)
                    self._closed(call)
        elif self._full and free > 2 * self._wanted:
            self._full = False
            self._alarm("", cleared=True)
        if not self._full and self._failed:
            for call_id, closed in list(self._failed.items()):
                self._again(call_id, closed)

    def _again(self, call_id: str, closed: bool) -> None:
        call = self._host.calls.get(call_id)
        if call is None or call.ending:
            self.forget(call_id)
            return
        if not call.marks.retry():
            return
        del self._failed[call_id]
        if closed:
            self._new_part(call)
        else:
            self._alarm(call_id, cleared=True)

    def _new_part(self, call: "Call") -> None:
        # rtp.io opens its file with O_TRUNC: what was recorded so far gets another name first.
        part = self._parts[call.id] = self._parts.get(call.id, 0) + 1
        path = self._spool / f"{call.id}=f.pcap"
        kept = path.with_name(f"{call.id}.{part}.pcap")
        call.session.record("caller", False)
        call.session.record("far", False, lambda _ok: self._rename(call, path, kept))

    def _rename(self, call: "Call", path: Path, kept: Path) -> None:
        with contextlib.suppress(OSError):  # nothing was recorded where the disk was full before
            path.rename(kept)
            call.marks.add("pcap", file=kept.name)
        if not call.ending:
            self.begin(call, again=True)

    def _alarm(self, call: str, *, cleared: bool = False) -> None:
        detail = "room again" if cleared else "no room for recordings"
        self._host.tell(
            Alarm(
                code="recording-failed", detail=detail, at=time.time(), call=call, cleared=cleared
            )
        )
