"""The far end of a call: the one who called us, or whom we called."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cardline.adapters.sip.calls.party import Party, described
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.signalling.refresh import SessionTimer
from cardline.adapters.sip.signalling.sdp import DEFAULT_EVENT_TYPE, Media
from cardline.adapters.sip.signalling.useragent import Target
from cardline.ports.line.commands import CALLER
from cardline.ports.line.events import Held

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call

OFFERED: tuple[Law, ...] = ("alaw", "ulaw")
"""What we offer where the other side did not say: A-law first, as lines in China talk."""


class Caller(Party):
    """The party named ``caller``."""

    def __init__(self, call: "Call", offer: Media | None) -> None:
        super().__init__(CALLER, call.host.stack)
        self._call = call
        self._timer = SessionTimer()
        self._late = False
        self._rang = False
        self.remote = offer

    @property
    def port(self) -> int:
        return self._call.session.ports["caller"]

    @property
    def laws(self) -> tuple[Law, ...]:
        return (self._call.law,) if self.remote else OFFERED

    @property
    def event_type(self) -> int | None:
        if self.remote is None:
            return DEFAULT_EVENT_TYPE
        return self.remote.event_type

    def law_for(self, media: Media) -> Law | None:
        return self._call.law if self._call.law in media.laws else media.laws[0]

    def timer_headers(self) -> Mapping[str, str]:
        return self._timer.headers

    def receive(self, request: Any, transaction: Any) -> Any:
        """Take the INVITE that began the call."""
        self._timer = SessionTimer.of(request)
        return self.dialogue.incoming(request, transaction)

    @property
    def late(self) -> bool:
        """Our 200 carried the offer; what to play is known when the ACK has come."""
        return self._late

    def accept(self) -> None:
        """Answer 200; recording begins just before."""
        self._late = self.remote is None
        if self.remote is None:
            text = self.describe()
        else:
            text = self.describe(
                (self._call.law,), answering=self.remote, event_type=self.remote.event_type
            )
        self.dialogue.accept(text, self._timer.headers)
        self._timer.start(self._refresh)

    def invite(self, target: Target, user: str, name: str, headers: Mapping[str, str]) -> None:
        """Call somebody."""
        self.dialogue.outgoing(target, user=user, name=name, sdp=self.describe(), headers=headers)

    def media_agreed(self, media: Media, law: Law) -> None:
        self._call.caller_moved(media, law)

    def hold_changed(self, held: bool) -> None:
        self._call.tell(Held(call=self._call.id, at=time.time(), party=CALLER, held=held))

    def on_ringing(self) -> None:
        if not self._rang:
            self._rang = True
            self._call.caller_rings()

    def on_answer(self, sdp: str | None) -> None:
        if self._late or self._call.answered is not None:
            self.on_late_answer(sdp)
            if self._late:
                self._late = False
                self._call.tell_answered()
            return
        media = described(sdp)
        if media is None:
            self.dialogue.end()
            self._call.not_placed(488, "no common codec")
            return
        self.remote = media
        self._call.placed_answered(media)

    def on_end(self, cause: str, status: int, reason: str) -> None:
        self._timer.stop()
        if cause == "failed":
            self._call.not_placed(status, reason)
        else:
            self._call.end(cause)

    def _refresh(self) -> None:
        if self.dialogue.established and self.remote is not None:
            self.dialogue.reinvite(self.describe((self._call.law,)))
