"""What the caller and a leg have in common: a dialogue, and media agreed in it."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.media.session import NOWHERE, Endpoint
from cardline.adapters.sip.signalling import sdp
from cardline.adapters.sip.signalling.dialogue import Dialogue
from cardline.adapters.sip.signalling.sdp import Media, NoCommonMedia
from cardline.adapters.sip.signalling.stack import Stack


class Party(ABC):
    """One end of a call that speaks SIP with us."""

    def __init__(self, name: str, stack: Stack) -> None:
        self.name = name
        self.dialogue = Dialogue(stack, self)
        self.remote: Media | None = None
        """What the other side said last about its media."""
        self._host = stack.host
        self._sdp_session = secrets.randbits(31)
        self._sdp_version = 0
        self._held = False

    @property
    @abstractmethod
    def port(self) -> int:
        """Our port that this party shall send to."""

    @property
    @abstractmethod
    def laws(self) -> tuple[Law, ...]:
        """The laws that we offer."""

    @property
    @abstractmethod
    def event_type(self) -> int | None:
        """The payload type of telephone-events that we describe."""

    @abstractmethod
    def law_for(self, media: Media) -> Law | None:
        """Which law to talk with a party that offers ``media``; ``None`` refuses it."""

    @abstractmethod
    def media_agreed(self, media: Media, law: Law) -> None:
        """Both sides agreed on new media within the dialogue."""

    @abstractmethod
    def hold_changed(self, held: bool) -> None:
        """Its phone put us on hold, or took us back."""

    @property
    def endpoint(self) -> Endpoint:
        """Where this party takes RTP."""
        if self.remote is None:
            return NOWHERE
        return Endpoint(self.remote.host, self.remote.port)

    @property
    def answered(self) -> bool:
        return self.dialogue.established

    def describe(
        self,
        laws: tuple[Law, ...] | None = None,
        *,
        answering: Media | None = None,
        event_type: int | None = None,
    ) -> str:
        """Write our SDP; the version rises with every change (RFC 3264, section 8)."""
        direction = sdp.ANSWER_TO[answering.direction] if answering else "sendrecv"
        self._sdp_version += 1
        return sdp.write(
            host=self._host,
            port=self.port,
            laws=laws or self.laws,
            event_type=event_type if answering else self.event_type,
            direction=direction,
            session=self._sdp_session,
            version=self._sdp_version,
            answering=answering,
        )

    def timer_headers(self) -> Mapping[str, str]:
        """Headers that every 200 of this dialogue carries (RFC 4028)."""
        return {}

    def on_offer(self, text: str | None) -> None:
        """A re-INVITE: hold, resume, another port or codec, or only a refresh."""
        if text is None:
            self.dialogue.accept(self.describe(), self.timer_headers())
            return
        try:
            media = sdp.read(text)
        except NoCommonMedia:
            self.dialogue.refuse(488)
            return
        law = self.law_for(media)
        if law is None:
            self.dialogue.refuse(488)
            return
        self._take(media, law)
        self.dialogue.accept(
            self.describe((law,), answering=media, event_type=media.event_type),
            self.timer_headers(),
        )

    def on_late_answer(self, text: str | None) -> None:
        """The ACK brought the answer to an offer of ours."""
        try:
            media = sdp.read(text or "")
        except NoCommonMedia:
            return
        law = self.law_for(media)
        if law is not None:
            self._take(media, law)

    def _take(self, media: Media, law: Law) -> None:
        before = self.remote
        if media.host is None and before is not None and before.host is not None:
            # Hold by 0.0.0.0: the address of before is where it will listen again.
            media = Media(
                before.host,
                before.port,
                media.laws,
                media.event_type,
                "inactive",
                media.index,
                media.lines,
            )
        self.remote = media
        self.media_agreed(media, law)
        if media.on_hold != self._held:
            self._held = media.on_hold
            self.hold_changed(self._held)

    def on_ringing(self) -> None:  # noqa: B027
        """It rings there."""

    @abstractmethod
    def on_answer(self, sdp: str | None) -> None: ...

    def on_reanswer(self, status: int, sdp: str | None) -> None:  # noqa: B027
        """Our re-INVITE was answered."""

    @abstractmethod
    def on_end(self, cause: str, status: int, reason: str) -> None: ...


def described(text: str | None) -> Media | None:
    """Read an answer; ``None`` where it names nothing that we can talk with."""
    try:
        return sdp.read(text or "")
    except NoCommonMedia:
        return None


def request_name(request: Any) -> tuple[str, str]:
    """User and display name of the From header."""
    address = request.getHFBody("from").getUri()
    return address.url.username or "", (address.name or "").strip('"')
