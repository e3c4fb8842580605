"""A leg whose phone speaks SIP."""

import ipaddress
import time
from typing import TYPE_CHECKING

from cardline.adapters.sip.calls.leg import Leg
from cardline.adapters.sip.calls.party import Party, described
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.signalling.sdp import Media
from cardline.adapters.sip.signalling.stack import after
from cardline.adapters.sip.signalling.useragent import Target
from cardline.ports.line.commands import Dial
from cardline.ports.line.events import Held

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call

_GLARE = 491
_AGAIN = 2.2
"""Seconds until a re-INVITE that met another is tried again (RFC 3261, 14.1: 2.1 to 4)."""


class SipLeg(Party, Leg):
    """A phone that is asked by re-INVITE to send elsewhere."""

    def __init__(
        self, call: "Call", command: Dial, target: Target, port: int, *, mixed: bool
    ) -> None:
        Leg.__init__(self, call, command, port, mixed=mixed)
        Party.__init__(self, command.leg, call.host.stack)
        self._target = target
        self._law: Law = call.law
        self._port_before = port
        self._wanted: int | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def law(self) -> Law:
        return self._law

    @property
    def laws(self) -> tuple[Law, ...]:
        return (self._law,)

    @property
    def event_type(self) -> int | None:
        return self._call.session.event_type

    @property
    def joined(self) -> bool:
        return self.remote is not None

    @property
    def owes_sound(self) -> bool:
        return self.remote is not None and not self.remote.on_hold

    @property
    def translated(self) -> bool:
        if self._target.translated:
            return True
        if self.remote is None or self.remote.host is None:
            return False
        named, seen = self.remote.host, self._target.address[0]
        return named != seen and _is_private(named) and not _is_private(seen)

    def law_for(self, media: Media) -> Law | None:
        return self._law if self._law in media.laws else None

    def invite(self) -> None:
        command = self._command
        self._ring_for(command.ring_seconds)
        self.dialogue.outgoing(
            self._target,
            user=command.from_user,
            name=command.from_name,
            sdp=self.describe(),
            headers=command.headers,
        )

    def move(self, port: int) -> None:
        self._wanted = port
        self._port_before, self._port = self._port, port
        if not self.dialogue.reinvite(self.describe()):
            self._port = self._port_before
            after(_AGAIN, self._move_again)

    def end(self) -> None:
        self._stop_ringing()
        self.dialogue.end()

    def media_agreed(self, media: Media, law: Law) -> None:
        self._call.bridge.leg_moved(self)

    def hold_changed(self, held: bool) -> None:
        self._call.tell(Held(call=self._call.id, at=time.time(), party=self.name, held=held))

    def on_ringing(self) -> None:
        self._tell_ringing()

    def on_answer(self, sdp: str | None) -> None:
        if self.remote is not None:
            self.on_late_answer(sdp)
            return
        self._stop_ringing()
        media = described(sdp)
        if media is None or self._law not in media.laws:
            self.dialogue.end()
            self._fail(488, "no common codec")
            return
        self.remote = media
        self._join()

    def on_reanswer(self, status: int, sdp: str | None) -> None:
        media = described(sdp)
        if status == 200 and media is not None:
            self.remote = media
            self._wanted = None
            self._call.bridge.leg_moved(self)
        elif status == _GLARE and self._wanted is not None:
            self._port = self._port_before
            after(_AGAIN, self._move_again)
        else:
            self._wanted = None
            self._port = self._port_before
            self._call.bridge.leg_stayed(self)

    def on_end(self, cause: str, status: int, reason: str) -> None:
        self._stop_ringing()
        if cause == "failed":
            self._fail(status, reason)
        else:
            self._call.leg_gone(self, cause)

    def _move_again(self) -> None:
        if self._wanted is not None and self.dialogue.established:
            self.move(self._wanted)


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
