"""Secret entry (row E5): the caller's keys and voice stay out of everything that is kept."""

from typing import TYPE_CHECKING

from cardline.adapters.sip.signalling.stack import Timer, after

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call

_TAIL = 0.4
"""Seconds after the end: a phone repeats the last packets of a key press, digit and all."""


class SecretTime:
    """Stops the recording of the caller's direction, in rtp.io itself, and lets it go on later.

    The file stays open for the other direction, so nothing else is lost; no packet of the caller
    reaches the disk in between. Key presses are reported, and hidden from who listens.
    """

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._on = False
        self._limit: Timer | None = None
        self._tail: Timer | None = None

    @property
    def on(self) -> bool:
        """Whether a key that arrives now is a secret."""
        return self._on or self._tail is not None

    @property
    def recording(self) -> bool:
        """Whether the caller's direction may be recorded now."""
        return not self.on

    def start(self, seconds: float) -> None:
        """Begin, or begin anew with another limit."""
        self._cancel()
        self._limit = after(seconds, self.stop)
        if self._on:
            return
        self._on = True
        self._call.marks.add("secret", on=True)
        self._call.session.record("caller", False)
        self._call.session.hide_keys(True)

    def stop(self) -> None:
        """End it: the recording goes on after the tail of the last key press."""
        if self._on:
            self._cancel()
            self._on = False
            self._tail = after(_TAIL, self._record_again)

    def close(self) -> None:
        """The call is over: nothing is recorded any more."""
        self._cancel()

    def _record_again(self) -> None:
        self._tail = None
        call = self._call
        call.session.hide_keys(False)
        recorded = call.answered is not None and not call.host.recordings.paused(call.id)
        if recorded and not call.ending:
            call.session.record("caller", True)
        call.marks.add("secret", on=False)

    def _cancel(self) -> None:
        for timer in (self._limit, self._tail):
            if timer is not None:
                timer.cancel()
        self._limit = self._tail = None
