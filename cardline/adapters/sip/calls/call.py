"""One call: from the INVITE to the last byte of its recording."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cardline.adapters.sip.calls.bridge import Bridge
from cardline.adapters.sip.calls.caller import OFFERED, Caller
from cardline.adapters.sip.calls.leg import Leg
from cardline.adapters.sip.calls.playing import Playing
from cardline.adapters.sip.calls.secret import SecretTime
from cardline.adapters.sip.calls.sip_leg import SipLeg
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.listener.client import Heard
from cardline.adapters.sip.media.session import NOWHERE, Endpoint, Session
from cardline.adapters.sip.recording.marking import Marks
from cardline.adapters.sip.signalling.sdp import DEFAULT_EVENT_TYPE, Media
from cardline.adapters.sip.signalling.stack import after
from cardline.adapters.sip.signalling.useragent import Target
from cardline.adapters.sip.web.leg import WebLeg
from cardline.ports.line.commands import CALLER, Dial, Place, WebAnswer
from cardline.ports.line.events import (
    Alarm,
    Answered,
    CallUp,
    Failed,
    Gone,
    Incoming,
    Key,
    LineEvent,
    Ringing,
    Sound,
    WebRefused,
)

if TYPE_CHECKING:
    from cardline.adapters.sip.process import LineProcess

_RING = 0.25
"""Seconds after which a caller who was not answered yet is told that it rings."""


class Call:
    """The state of one call, and what commands and SIP events do to it."""

    def __init__(
        self,
        host: "LineProcess",
        name: str,
        *,
        from_user: str,
        to_user: str,
        placed: bool,
        offer: Media | None,
    ) -> None:
        self.host = host
        self.id = name
        self.from_user = from_user
        self.to_user = to_user
        self.placed = placed
        self.began = time.time()
        self.answered: float | None = None
        self.ending = False
        self.incoming: Incoming | None = None
        self.announced = False
        """The application was told of it."""
        self.law: Law = offer.laws[0] if offer else OFFERED[0]
        event_type = offer.event_type if offer else None
        self.session = Session(
            host.media, name, self.law, DEFAULT_EVENT_TYPE if event_type is None else event_type
        )
        self.marks = Marks(host.spool, name, lambda: host.recordings.failed(self))
        self.caller = Caller(self, offer)
        self.legs: dict[str, Leg] = {}
        self.bridge = Bridge(self)
        self.playing = Playing(self)
        self.secret = SecretTime(self)
        self._ready = False
        self._answer_wanted = False
        self._started: Place | None = None

    # ------------------------------------------------------------ the caller

    def receive(self, request: Any, transaction: Any) -> Any:
        """Take the INVITE of an incoming call; it rings from now on."""
        result = self.caller.receive(request, transaction)
        after(_RING, self._ring)
        self.session.open(self.caller.endpoint, self._opened)
        return result

    def place(self, command: Place, target: Target) -> None:
        """Call somebody."""
        self._started = command
        if command.listen_seconds > 0:
            self.host.ears.prepare()

        def opened(ok: bool) -> None:
            if self.ending:
                return
            if not ok:
                self.not_placed(503, "no media")
                return
            self._ready = True
            self.caller.invite(target, command.from_user, command.from_name, command.headers)
            after(command.ring_seconds, self._not_answered)

        self.session.open(NOWHERE, opened)

    def answer(self) -> None:
        """Answer an incoming call, at once or as soon as its ports are there."""
        if self.placed or self.answered is not None or self.ending:
            return
        self._answer_wanted = True
        if self._ready:
            # The first packet after the 200 is recorded already.
            self._begin_recording(then=self._accept)

    def refuse(self, status: int, **headers: str) -> None:
        """Refuse an incoming call that was not answered."""
        if self.answered is None and not self.placed and not self.ending:
            extra = {name.replace("_", "-"): value for name, value in headers.items()}
            self.caller.dialogue.refuse(status, extra)
            self.end("ended")

    def caller_rings(self) -> None:
        if self.placed and self.answered is None:
            self.tell(Ringing(call=self.id, at=time.time(), party=CALLER))

    def placed_answered(self, media: Media) -> None:
        self.law = media.laws[0]
        self._set_caller(media)
        self._begin_recording()
        if self._started is not None:
            self.bridge.listen(self._started.listen_seconds)
        self.tell_answered()

    def not_placed(self, status: int, reason: str) -> None:
        """The one whom we called did not answer."""
        if not self.ending:
            self._finish(
                Failed(call=self.id, at=time.time(), party=CALLER, status=status, reason=reason)
            )

    def caller_moved(self, media: Media, law: Law) -> None:
        """A re-INVITE, or a late answer: media follow the caller."""
        changed, self.law = law != self.law, law
        self._set_caller(media)
        if changed:
            self.marks.add("law", law=law)
            self.bridge.again()

    def tell_answered(self) -> None:
        """The caller's audio flows."""
        self.tell(Answered(call=self.id, at=time.time(), party=CALLER))

    def key(self, party: str, digit: str) -> None:
        """A key was pressed, and let go."""
        if not self.ending:
            secret = party == CALLER and self.secret.on
            self.tell(Key(call=self.id, at=time.time(), party=party, digit=digit, secret=secret))

    def heard(self, heard: Heard) -> None:
        """The listener heard the caller say something."""
        if not self.ending and heard.kind in ("speech", "tone"):
            self.tell(
                Sound(
                    call=self.id,
                    at=time.time(),
                    party=CALLER,
                    kind="tone" if heard.kind == "tone" else "speech",
                    began=heard.began,
                    ended=heard.ended,
                    hz=heard.hz,
                )
            )

    # ------------------------------------------------------------ legs

    def dial(self, command: Dial, target: Target | None) -> None:
        """Ring somebody for this call: a phone, or without ``target`` a browser."""

        def go(port: int | None, mixed: bool) -> None:
            if self.ending:
                return
            if port is None:
                self.tell_failed(command.leg, 503, "no media")
                return
            leg: Leg
            if target is None:
                leg = WebLeg(self, command, port, mixed=mixed)
            else:
                leg = SipLeg(self, command, target, port, mixed=mixed)
            self.legs[command.leg] = leg
            leg.invite()

        if command.leg in self.legs or command.leg == CALLER:
            self.tell_failed(command.leg, 482, "that leg is there already")
        else:
            translated = target is not None and target.translated
            self.bridge.place_for(command.leg, translated=translated, go=go)

    def web_answer(self, command: WebAnswer) -> None:
        """A browser takes the call of its leg, or takes it over from the one before."""
        leg = self.legs.get(command.leg)
        if isinstance(leg, WebLeg):
            leg.take(command.sdp)
        else:
            self.tell_web_refused(command.leg, 481, "no browser is rung there")

    def tell_web_refused(self, leg: str, status: int, reason: str) -> None:
        self.tell(WebRefused(call=self.id, at=time.time(), party=leg, status=status, reason=reason))

    def leg_failed(self, leg: Leg, event: Failed) -> None:
        if self.legs.pop(leg.name, None) is not None:
            self.bridge.leg_gone(leg)
            self.tell(event)

    def leg_gone(self, leg: Leg, cause: str) -> None:
        if self.legs.pop(leg.name, None) is not None:
            self.playing.party_gone(leg.name)
            self.bridge.leg_gone(leg)
            self.tell(leg.gone(cause))
            self.host.alone(self)

    def hang_up(self, party: str) -> None:
        """End one party, or with ``caller`` the whole call."""
        if party == CALLER:
            unanswered = self.answered is None
            self.caller.dialogue.end()
            self.end("cancelled" if self.placed and unanswered else "ended")
            return
        leg = self.legs.get(party)
        if leg is not None:
            answered = leg.answered
            leg.end()
            self.leg_gone(leg, "ended" if answered else "cancelled")

    def tell_failed(self, party: str, status: int, reason: str) -> None:
        self.tell(Failed(call=self.id, at=time.time(), party=party, status=status, reason=reason))

    # ------------------------------------------------------------ the end

    def end(self, cause: str) -> None:
        """The caller is gone, or must go: all ends. ``Gone`` follows when the file is closed."""
        if not self.ending:
            self._finish(Gone(call=self.id, at=time.time(), party=CALLER, cause=cause))

    def media_lost(self) -> None:
        """The media process died, and this call's session with it."""
        self.session.closed = True
        self.caller.dialogue.end()
        if self.ending:
            self.host.forget(self)
        else:
            self.end("line-failed")

    def _finish(self, last: Gone | Failed) -> None:
        self.ending = True
        self.caller.dialogue.end()
        self.secret.close()
        for leg in list(self.legs.values()):
            leg.end()
            self.tell(leg.gone("call-ended"))
        self.legs.clear()
        self.bridge.close()
        self.playing.end_all()

        def closed(_ok: bool) -> None:
            if self.answered is not None:
                self.marks.add("gone", cause=last.cause if isinstance(last, Gone) else "failed")
            self.marks.close()
            self.host.forget(self)
            self.host.tell(last)

        if self.session.closed:
            closed(False)
        else:
            self.session.close(closed)

    # ------------------------------------------------------------ what others ask

    def tell(self, event: LineEvent) -> None:
        """Tell the application something about this call."""
        self.host.tell(event)

    def up(self) -> CallUp:
        """This call in a ``Hello``."""
        return CallUp(
            call=self.id,
            from_user=self.from_user,
            to_user=self.to_user,
            placed=self.placed,
            began=self.began,
            answered=self.answered,
            legs=tuple(leg.up() for leg in self.legs.values()),
            hears=self.bridge.hears,
        )

    # ------------------------------------------------------------ inside

    def _opened(self, ok: bool) -> None:
        if self.ending:
            return
        if not ok:
            self.host.tell(Alarm(code="overload", detail="no media", at=time.time(), call=self.id))
            self.refuse(503, Retry_After="5")
            return
        self._ready = True
        if self._answer_wanted:
            self.answer()

    def _ring(self) -> None:
        if self.answered is None and not self.ending:
            self.caller.dialogue.ring()

    def _set_caller(self, media: Media) -> None:
        self.session.set_caller(Endpoint(media.host, media.port), self.law, media.event_type)

    def _accept(self) -> None:
        if not self.ending:
            self.caller.accept()
            if not self.caller.late:
                self.tell_answered()

    def _begin_recording(self, then: Callable[[], None] | None = None) -> None:
        self.answered = time.time()
        self.marks.add("answered", law=self.law)
        self.marks.add("media", party=CALLER, port=self.session.ports["caller"])
        self.host.recordings.begin(self, then=then)

    def _not_answered(self) -> None:
        if self.answered is None and not self.ending:
            self.caller.dialogue.end()
            self.not_placed(408, "not answered")
