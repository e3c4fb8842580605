"""A leg whose phone is a browser (row A4)."""

import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from cardline.adapters.sip.calls.leg import Leg
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.media.session import NOWHERE, Endpoint
from cardline.adapters.sip.signalling.stack import Timer, after
from cardline.adapters.sip.web import sdp as web_sdp
from cardline.adapters.sip.web.gate import Gate
from cardline.adapters.sip.web.sdp import Offer, Ours, UnusableOffer
from cardline.ports.line.commands import Dial
from cardline.ports.line.events import Heard, LegUp, Silent, WebAnswered

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call

_SET_UP = 10.0
"""Seconds from our answer to the browser's first packet; it took 0.1 to 0.4 on one machine."""
_SILENT = 2.0
"""Seconds without a packet after which that is told."""
_LOOK, _LOOK_OFTEN = 0.5, 0.1
"""Seconds between two looks at a browser that talks, and at one that is awaited."""


class WebLeg(Leg):
    """At most two gateways: one to the browser that talks, one to the next that is awaited.

    The next takes over when it is heard, so that nothing is lost where it never comes.
    """

    def __init__(self, call: "Call", command: Dial, port: int, *, mixed: bool) -> None:
        super().__init__(call, command, port, mixed=mixed)
        self._now: Gate | None = None
        self._next: Gate | None = None
        self._limit: Timer | None = None
        self._looking: Timer | None = None
        self._serial = 0
        self._ufrag = ""
        """By which the greeter knows the browser that is awaited."""
        self._over = False
        self._silent = False
        self._packets = 0
        self._heard_at = 0.0

    @property
    def port(self) -> int:
        return self._port

    @property
    def law(self) -> Law:
        return self._now.law if self._now is not None else self._call.law

    @property
    def endpoint(self) -> Endpoint:
        return self._now.endpoint if self._now is not None else NOWHERE

    @property
    def answered(self) -> bool:
        return self.joined and not self._over

    @property
    def joined(self) -> bool:
        return self._now is not None

    @property
    def owes_sound(self) -> bool:
        return False  # it is looked at here, relayed and mixed alike

    def invite(self) -> None:
        self._ring_for(self._command.ring_seconds)
        self._tell_ringing()

    def move(self, port: int) -> None:
        self._port = port
        for gate in (self._now, self._next):
            if gate is not None:
                gate.point(self._peer)
        self._call.bridge.leg_moved(self)

    def up(self) -> LegUp:
        return LegUp(
            leg=self.name,
            target=self._command.target,
            answered=self.answered,
            silent=self.answered and self._silent,
        )

    def end(self) -> None:
        self._over = True
        self._stop_ringing()
        self._stop_waiting()
        if self._looking is not None:
            self._looking.cancel()
        if self._now is not None:
            self._now.close()

    def take(self, text: str) -> None:
        """A browser offers itself for this leg."""
        law = self._call.law
        try:
            offer = web_sdp.read(text)
        except UnusableOffer as problem:
            self._refuse(488, str(problem))
            return
        if law not in offer.laws:
            self._refuse(488, "not the caller's codec")
            return
        self._stop_ringing()
        self._stop_waiting()
        self._serial += 1
        name = f"{self._call.id}.{self.name}.{self._serial}"
        gate = self._next = Gate(self._call.host.media, name, law, self._call.host.stack.host)

        def opened(ours: Ours | None) -> None:
            if gate is not self._next:
                return
            if ours is None:
                self._give_up(503, "no media")
            else:
                self._answer(gate, offer, ours, law)

        gate.open(offer, self._peer, opened)

    @property
    def _peer(self) -> Endpoint:
        return Endpoint(self._call.host.stack.host, self._port)

    def _answer(self, gate: Gate, offer: Offer, ours: Ours, law: Law) -> None:
        self._ufrag = ours.ufrag
        self._call.host.greeter.await_browser(ours.ufrag, gate.meet)
        text = web_sdp.write(
            offer,
            replace(ours, candidates=(*ours.candidates, self._call.host.greeter.candidate)),
            law=law,
            event_type=self._call.session.event_type,
            session=secrets.randbits(31),
        )
        call = self._call
        call.tell(WebAnswered(call=call.id, at=time.time(), party=self.name, sdp=text))
        self._limit = after(_SET_UP, self._give_up, 408, "the browser did not come through")
        if self._looking is not None:
            self._looking.cancel()
        self._look()

    def _look(self) -> None:
        awaited, talking = self._next, self._now
        self._looking = after(_LOOK if awaited is None else _LOOK_OFTEN, self._look)
        if awaited is not None:
            # Nothing is sent to it yet: what it relays has come from the browser, and decrypted.
            awaited.traffic(lambda _came, relayed: self._came(awaited) if relayed else None)
        if talking is not None:
            talking.traffic(lambda came, _relayed: self._saw(talking, came))

    def _came(self, gate: Gate) -> None:
        """The awaited browser is heard: it is the one that talks from now on."""
        if gate is not self._next:
            return
        before, self._now, self._next = self._now, gate, None
        self._stop_waiting()
        self._packets, self._heard_at = 0, time.monotonic()
        if before is None:
            self._join()
        else:
            self._call.bridge.leg_moved(self)
            before.close()
            self._hear()

    def _saw(self, gate: Gate, packets: int) -> None:
        if gate is not self._now or self._over:
            return
        now = time.monotonic()
        if packets != self._packets:
            self._packets, self._heard_at = packets, now
            self._hear()
        elif now - self._heard_at > self._call.host.media_timeout:
            self.end()
            self._call.leg_gone(self, "media-timeout")
        elif now - self._heard_at > _SILENT and not self._silent:
            self._silent = True
            self._call.tell(Silent(call=self._call.id, at=time.time(), party=self.name))

    def _hear(self) -> None:
        if self._silent:
            self._silent = False
            self._call.tell(Heard(call=self._call.id, at=time.time(), party=self.name))

    def _give_up(self, status: int, reason: str) -> None:
        """The awaited browser will not come."""
        self._stop_waiting()
        self._refuse(status, reason)

    def _refuse(self, status: int, reason: str) -> None:
        if self.joined or self._next is not None:
            self._call.tell_web_refused(self.name, status, reason)
        else:
            self.end()
            self._fail(status, reason)

    def _stop_waiting(self) -> None:
        self._call.host.greeter.forget(self._ufrag)
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        if self._next is not None:
            self._next.close()
            self._next = None
