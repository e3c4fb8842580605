"""Session timers (RFC 4028), as the side that was called."""

from collections.abc import Callable, Mapping
from typing import Any

from cardline.adapters.sip.signalling.stack import Timer, every

SHORTEST = 90
"""Seconds; a shorter Session-Expires is refused with 422 (RFC 4028, section 5)."""


class SessionTimer:
    """What was agreed about refreshing one dialogue."""

    def __init__(self, seconds: int = 0, ours: bool = False) -> None:
        self._seconds = seconds
        self._ours = ours
        self._timer: Timer | None = None

    @classmethod
    def of(cls, request: Any) -> "SessionTimer":
        """Read an INVITE. No timer where the other side does not support it."""
        seconds, refresher = read(request)
        if not seconds or not (names(request, "supported") | names(request, "require")) & {"timer"}:
            return cls()
        return cls(max(seconds, SHORTEST), refresher == "uas")

    @property
    def headers(self) -> Mapping[str, str]:
        """What the 200 says about it."""
        if not self._seconds:
            return {}
        who = "uas" if self._ours else "uac"
        return {"Session-Expires": f"{self._seconds};refresher={who}", "Require": "timer"}

    def start(self, refresh: Callable[[], None]) -> None:
        """From the 200 on: refresh at half time, where that fell to us."""
        if self._seconds and self._ours:
            self._timer = every(self._seconds / 2, refresh)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def read(request: Any) -> tuple[int, str]:
    """Seconds and refresher of Session-Expires; 0 where there is none, or none that makes sense."""
    for name in ("session-expires", "x"):
        for body in request.getHFBodys(name):
            first, *parameters = str(body).split(";")
            seconds = first.strip()
            if seconds.isascii() and seconds.isdigit() and len(seconds) < 9:
                who = [p.strip()[10:] for p in parameters if p.strip().startswith("refresher=")]
                return int(seconds), who[0] if who else ""
    return 0, ""


def names(request: Any, header: str) -> set[str]:
    """The option tags of a header."""
    words: set[str] = set()
    for body in request.getHFBodys(header):
        words |= {word.strip().lower() for word in str(body).split(",")}
    return words - {""}
