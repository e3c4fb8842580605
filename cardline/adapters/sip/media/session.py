"""One call's session in rtp.io: a side that faces the caller and a far side."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cardline.adapters.sip.g711 import PAYLOAD_TYPE, Law
from cardline.adapters.sip.media.client import Media

Side = Literal["caller", "far"]
_TAGS: dict[Side, tuple[str, str]] = {"caller": ("f;1", "t;1"), "far": ("t;1", "f;1")}
_OTHER: dict[Side, Side] = {"caller": "far", "far": "caller"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a party takes RTP, or ``None`` as host: unknown until it sends."""

    host: str | None
    port: int

    def __str__(self) -> str:
        return f"{self.host} {self.port}" if self.host else "0.0.0.0 0"


NOWHERE = Endpoint(None, 0)


class Session:
    """The commands of one session. ``name`` is the call's id and begins the recording's name.

    Every ``done`` is called once with whether it worked, or never, if the media process is lost.
    """

    def __init__(self, media: Media, name: str, law: Law, event_type: int) -> None:
        self._media = media
        self._name = name
        self.law: Law = law
        self.event_type = event_type
        self.ports: dict[Side, int] = {}
        """Our own ports, by the side that they face."""
        self._caller = NOWHERE
        self._far = NOWHERE
        self._strict = False
        self._hidden = False
        self._played: set[Side] = set()
        self.closed = False

    def open(self, caller: Endpoint, done: Callable[[bool], None]) -> None:
        """Make both ports. The caller's address may be unknown as yet."""
        self._caller = caller
        self._update("")
        self._lookup(lambda ok: done(ok and len(self.ports) == 2))

    def set_caller(
        self, caller: Endpoint, law: Law | None = None, event_type: int | None = None
    ) -> None:
        """The caller listens elsewhere now, or talks another law."""
        self._caller = caller
        self.event_type = self.event_type if event_type is None else event_type
        if law is not None and law != self.law:
            self.law = law
            self._lookup()
        self._update("")

    def set_far(self, far: Endpoint, *, strict: bool) -> None:
        """Point the far side at ``far``. ``strict``: only its host may send; no latching."""
        self._far = far
        self._strict = strict
        self._lookup()

    def renew_far_port(self, done: Callable[[bool], None]) -> None:
        """Take a new port for the far side: what still comes to the old one is lost."""
        self._update("n", done)

    def hide_keys(self, hidden: bool) -> None:
        """Keep the caller's key presses from the far side; they are reported all the same."""
        self._hidden = hidden
        self._update("")

    def record(self, side: Side, on: bool, done: Callable[[bool], None] | None = None) -> None:
        """Record what comes from ``side``. Both share one file, open while either records."""
        one, other = _TAGS[side]
        self._ask(f"{'Rs' if on else 'N'} {self._name} {one} {other}", done)

    def play(self, side: Side, path: Path, *, loop: bool, done: Callable[[bool], None]) -> None:
        """Play a file of raw codes (``path`` without its suffix) to ``side``."""
        self._played.add(side)
        one, other = _TAGS[side]
        self._ask(f"P{-1 if loop else 1} {self._name} {path} session {one} {other}", done)

    def stop(self, side: Side) -> None:
        one, other = _TAGS[side]
        self._ask(f"S {self._name} {one} {other}", None)

    def traffic(self, done: Callable[[int, int], None]) -> None:
        """Packets that came from the caller and from the far side so far."""

        def read(reply: str) -> None:
            found = dict(pair.partition("=")[::2] for pair in reply.split())
            if "npkts_ina" in found and "npkts_ino" in found:
                done(int(found["npkts_ina"]), int(found["npkts_ino"]))

        self._media.ask(f"Qv {self._name} f;1 t;1 npkts_ina npkts_ino", read)

    def close(self, done: Callable[[bool], None]) -> None:
        """End it; ``done`` when the recording is complete on disk."""
        self.closed = True
        # A prompt that still plays can block D for ever inside rtp.io: stop it first.
        for side in self._played:
            self.stop(side)
        self._ask(f"D {self._name} f;1 t;1", done)

    def _update(self, modifiers: str, done: Callable[[bool], None] | None = None) -> None:
        hide = " h" if self._hidden else ""
        known = " t;1" if self.ports else ""
        self._ask_port(
            f"U{modifiers}z20c{PAYLOAD_TYPE[self.law]},{self.event_type} {self._name}"
            f" {self._caller} f;1{known} {self._media.notify_socket} {self._name}"
            f" && M3:1 {self._name}/c {self.event_type}{hide}",
            "far",
            done,
        )

    def _lookup(self, done: Callable[[bool], None] | None = None) -> None:
        self._ask_port(
            f"L{'a' if self._strict else ''}z20c{PAYLOAD_TYPE[self.law]},{self.event_type}"
            f" {self._name} {self._far} f;1 t;1 && M3:1 {self._name}/f {self.event_type}",
            "caller",
            done,
        )

    def _ask_port(self, command: str, side: Side, done: Callable[[bool], None] | None) -> None:
        def read(reply: str) -> None:
            port = reply.split(" ", 1)[0]
            if port.isdigit() and port != "0":
                self.ports[side] = int(port)
            if done is not None:
                done(port.isdigit() and port != "0")

        self._media.ask(command, read)

    def _ask(self, command: str, done: Callable[[bool], None] | None) -> None:
        if done is None:
            self._media.ask(command)
        else:
            then = done
            self._media.ask(command, lambda reply: then(not reply.startswith("E")))
