"""Who hears whom in one call, and the media paths for it.

A talk of two is relayed by rtp.io itself, without a mixer: the far side of the call's session
points at the leg. Everything else (a consultation, three parties, a listener, a whisper, a parked
leg) goes through the mixer: the far side points at a mixer port and the legs are asked by
re-INVITE to send there too. The caller's port never changes, so the recording goes on.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.media.session import Endpoint, Side
from cardline.adapters.sip.mixer.client import Opened
from cardline.adapters.sip.signalling.stack import Timer, after
from cardline.ports.line.commands import CALLER
from cardline.ports.line.events import Alarm

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call
    from cardline.adapters.sip.calls.leg import Leg

Hears = dict[str, tuple[str, ...]]
_SETTLED = 1.0
"""Seconds that a talk of two lasts before it leaves the mixer again."""


class Bridge:
    """The connections of one call."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self.hears: Hears = {}
        self._far: str | None = None
        """The leg that was given the far port, ringing or answered."""
        self._pointed = False
        """The far side points at that leg."""
        self._used = False
        self._loose = False
        """A phone behind address translation had the far side: rtp.io follows packets there."""
        self._followed = False
        self._mixed = False
        self._room = False
        """The mixer knows a party of this call."""
        self._leaving: Timer | None = None

    # ------------------------------------------------------------ commands

    def connect(self, hears: Hears) -> None:
        """From now on the parties hear each other as said."""
        self.hears = {party: tuple(heard) for party, heard in hears.items() if heard}
        self._apply()
        self._mark()

    def place_for(
        self, leg: str, *, translated: bool, go: Callable[[int | None, bool], None]
    ) -> None:
        """Find a port for a new leg: ``go(port, mixed)``, with ``None`` where there is none.

        ``translated``: the phone is behind NAT, so its RTP comes from an address that it does not
        know. A far side that was strict cannot follow packets any more; the mixer can.
        """
        call = self._call
        self._stop_listening()
        strict_before = self._used and not self._loose
        if self._mixed or self._far is not None or (translated and strict_before):
            self._open(leg, call.law, None, lambda port: go(port, True))
            return
        self._far = leg
        session = call.session

        def with_port(ok: bool) -> None:
            if not ok:
                self._far = None
            go(session.ports.get("far") if ok else None, False)

        if self._used:
            session.renew_far_port(with_port)
            return
        self._used = True
        self._loose = translated
        # Strict: early packets of the phone must not move the far side before it is pointed there.
        # Loose: the first packet moves it, and rtp.io learns by it to follow later ones too.
        session.set_far(call.host.sink, strict=not translated)
        with_port("far" in session.ports)

    def listen(self, seconds: float) -> None:
        """Have the listener hear the caller, as long as nobody else is there; 0 ends it."""
        call, ears = self._call, self._call.host.ears
        if seconds <= 0:
            self._stop_listening()
        elif self._far is None and not self._mixed and "far" in call.session.ports:
            self._used = True

            def go(listener: Endpoint) -> None:
                if not call.ending and self._far is None and not self._mixed:
                    call.session.set_far(listener, strict=not self._loose)

            ears.listen(call.id, port=call.session.ports["far"], seconds=seconds, go=go)

    def again(self) -> None:
        """Something that matters changed: look at the paths once more."""
        self._apply()

    def side_of(self, party: str) -> Side | None:
        """The side of the call's session on which prompts for a party are played, if any."""
        if party == CALLER:
            return "caller" if self._call.answered is not None else None
        leg = self._call.legs.get(party)
        if leg is None or leg.mixed or not leg.answered:
            return None
        if not self._pointed:
            self._point(leg)
        return "far"

    def far_party(self) -> str | None:
        """The party whose packets come to the far side, if it is a leg."""
        return None if self._mixed else self._far

    # ------------------------------------------------------------ what happens to legs

    def leg_answered(self, leg: "Leg") -> None:
        if leg.mixed:
            self._tell_mixer(leg)
        elif self._mixed:
            self._move_to_mixer(leg)  # it rang on a far port that is gone since
        else:
            self._call.marks.add("media", party=leg.name, port=leg.port)
        if any(leg.name == party or leg.name in heard for party, heard in self.hears.items()):
            self._apply()
            self._mark()

    def leg_moved(self, leg: "Leg") -> None:
        """A re-INVITE of either side succeeded: its address, or its port of ours, is another."""
        if leg.port == self._call.session.ports.get("far"):
            if self._mixed and self._leaving is None and self._plain() is leg:
                self._leave(leg)
            elif not self._mixed and self._pointed:
                self._point(leg)
        else:
            leg.mixed = True
            self._tell_mixer(leg)

    def leg_stayed(self, leg: "Leg") -> None:
        """A phone refused to send elsewhere."""
        if not leg.mixed:
            call = self._call
            call.host.tell(
                Alarm(code="leg-lost", detail="re-INVITE refused", at=time.time(), call=call.id)
            )
            leg.end()
            call.leg_gone(leg, "network")

    def leg_gone(self, leg: "Leg") -> None:
        call = self._call
        self.hears = {
            party: kept
            for party, heard in self.hears.items()
            if party != leg.name and (kept := tuple(other for other in heard if other != leg.name))
        }
        if leg.mixed or self._mixed:
            call.host.mixer.close(call.id, leg.name)
        if leg.name == self._far:
            self._far = None
            if self._pointed:
                self._pointed = False
                call.session.set_far(call.host.sink, strict=not self._loose)
        if self._mixed:
            if call.legs:
                self._apply()
            else:
                self._stop_mixing()
        if leg.joined:
            self._mark()

    def close(self) -> None:
        """The call is over."""
        self._stay()
        self._call.host.ears.stop(self._call.id)
        if self._room:
            self._call.host.mixer.close(self._call.id, None)

    def mixer_lost(self) -> None:
        """The mixer died: legs that were in it cannot be heard any more."""
        call = self._call
        lost = [leg for leg in call.legs.values() if leg.mixed or self._mixed]
        self._mixed = False
        for leg in lost:
            leg.end()
            call.leg_gone(leg, "line-failed")

    # ------------------------------------------------------------ paths

    def _apply(self) -> None:
        self._stay()
        plain = self._plain()
        if self._mixed:
            self._call.host.mixer.hears(self._call.id, self._heard_now())
            if plain is not None and len(self._call.legs) == 1 and self._may_relay(plain):
                self._leaving = after(_SETTLED, self._try_to_leave)
        elif plain is not None and not plain.mixed and self._may_relay(plain):
            self._point(plain)
        elif self._heard_now() or self._pointed:
            self._mix()

    def _heard_now(self) -> Hears:
        here = {CALLER} | {leg.name for leg in self._call.legs.values() if leg.answered}
        return {
            party: kept
            for party, heard in self.hears.items()
            if party in here and (kept := tuple(other for other in heard if other in here))
        }

    def _plain(self) -> "Leg | None":
        """The leg that talks with the caller, both ways, where that is all that is heard."""
        heard = self._heard_now()
        with_caller = heard.get(CALLER, ())
        if len(heard) == 2 and len(with_caller) == 1 and heard.get(with_caller[0]) == (CALLER,):
            return self._call.legs.get(with_caller[0])
        return None

    def _may_relay(self, leg: "Leg") -> bool:
        return leg.law == self._call.law and (self._loose or not leg.translated)

    def _point(self, leg: "Leg") -> None:
        self._pointed = True
        if self._loose and not self._followed:
            # A word about its address before its first packet, and rtp.io would take that packet
            # for an update and never follow another one.
            self._followed = True
            return
        self._call.session.set_far(leg.endpoint, strict=not self._loose)

    def _mix(self) -> None:
        call, mixer = self._call, self._call.host.mixer
        self._mixed = True
        far, self._far, self._pointed = self._far, None, False
        # At once, not when the mixer is up: nobody may go on hearing what he shall not hear.
        call.session.set_far(call.host.sink, strict=not self._loose)

        def renewed(ok: bool) -> None:
            if not ok or call.ending:
                return
            port = call.session.ports["far"]
            call.marks.add("media", party="mixer", port=port)
            peer = Endpoint(call.host.stack.host, port)
            self._open(CALLER, call.law, peer, caller_in)

        def caller_in(port: int | None) -> None:
            if port is not None and self._mixed and not call.ending:
                mixer_end = Endpoint(call.host.stack.host, port)
                call.session.set_far(mixer_end, strict=not self._loose)

        call.session.renew_far_port(renewed)
        leg = call.legs.get(far) if far is not None else None
        if leg is not None and leg.answered:
            self._move_to_mixer(leg)
        mixer.hears(call.id, self._heard_now())

    def _move_to_mixer(self, leg: "Leg") -> None:
        call = self._call

        def opened(port: int | None) -> None:
            if leg.name not in call.legs:
                return
            if port is None:
                self.leg_stayed(leg)
            else:
                leg.move(port)

        self._open(leg.name, leg.law, leg.endpoint, opened)

    def _tell_mixer(self, leg: "Leg") -> None:
        self._open(leg.name, leg.law, leg.endpoint, lambda _port: None)

    def _open(self, party: str, law: Law, peer: Endpoint | None, done: Opened) -> None:
        self._room = True
        call = self._call
        call.host.mixer.open(call.id, party, law, call.session.event_type, peer, done)

    def _try_to_leave(self) -> None:
        self._leaving = None
        leg = self._plain()
        if self._mixed and leg is not None and leg.mixed and len(self._call.legs) == 1:
            leg.move(self._call.session.ports["far"])

    def _leave(self, leg: "Leg") -> None:
        self._stop_mixing()
        leg.mixed = False
        self._far = leg.name
        self._call.marks.add("media", party=leg.name, port=leg.port)
        self._point(leg)
        self._mark()

    def _stop_mixing(self) -> None:
        call = self._call
        self._mixed = False
        self._stay()
        call.host.mixer.close(call.id, None)
        if not call.ending:
            call.session.set_far(call.host.sink, strict=not self._loose)

    def _stop_listening(self) -> None:
        call = self._call
        if call.host.ears.stop(call.id) and not self._mixed and not call.ending:
            call.session.set_far(call.host.sink, strict=not self._loose)

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _mark(self) -> None:
        self._call.marks.add("connect", hears=self.hears, mixed=self._mixed)
