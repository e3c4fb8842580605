"""One leg: somebody whom we ring for a call, and who may be connected with its parties."""

import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.media.session import Endpoint
from cardline.adapters.sip.signalling.stack import Timer, after
from cardline.ports.line.commands import Dial
from cardline.ports.line.events import Answered, Failed, Gone, LegUp, Ringing

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call


class Leg(ABC):
    """A leg talks to ``port``: the far port of the call's session, or a port of the mixer.

    What is at its other end, a SIP phone or a browser, is a matter of its subclass.
    """

    def __init__(self, call: "Call", command: Dial, port: int, *, mixed: bool) -> None:
        self.name = command.leg
        self._call = call
        self._command = command
        self._port = port
        self._ring_timer: Timer | None = None
        self._rang = False
        self.mixed = mixed
        """Its media are in the mixer, not at the far side of the call's session."""

    @property
    @abstractmethod
    def port(self) -> int:
        """Our port that its sound goes to."""

    @property
    @abstractmethod
    def law(self) -> Law:
        """The law that it talks."""

    @property
    @abstractmethod
    def endpoint(self) -> Endpoint:
        """Where it takes RTP."""

    @property
    @abstractmethod
    def answered(self) -> bool:
        """It is there now."""

    @property
    @abstractmethod
    def joined(self) -> bool:
        """It was answered at some time."""

    @property
    def translated(self) -> bool:
        """Its RTP comes from another address than it says: it is behind NAT."""
        return False

    @property
    @abstractmethod
    def owes_sound(self) -> bool:
        """No packet from it for long means that it vanished."""

    @abstractmethod
    def invite(self) -> None:
        """Ring."""

    @abstractmethod
    def move(self, port: int) -> None:
        """Have it send to another port of ours."""

    @abstractmethod
    def end(self) -> None:
        """Hang up, or stop ringing."""

    def up(self) -> LegUp:
        """This leg in a ``Hello``."""
        return LegUp(leg=self.name, target=self._command.target, answered=self.answered)

    def gone(self, cause: str) -> Gone:
        return Gone(call=self._call.id, at=time.time(), party=self.name, cause=cause)

    def _tell_ringing(self) -> None:
        if not self._rang:
            self._rang = True
            self._call.tell(Ringing(call=self._call.id, at=time.time(), party=self.name))

    def _ring_for(self, seconds: float) -> None:
        self._ring_timer = after(seconds, self._not_answered)

    def _stop_ringing(self) -> None:
        if self._ring_timer is not None:
            self._ring_timer.cancel()
            self._ring_timer = None

    def _not_answered(self) -> None:
        self._ring_timer = None
        self.end()
        self._fail(408, "not answered")

    def _join(self) -> None:
        self._call.bridge.leg_answered(self)
        self._call.tell(Answered(call=self._call.id, at=time.time(), party=self.name))

    def _fail(self, status: int, reason: str) -> None:
        self._call.leg_failed(
            self,
            Failed(
                call=self._call.id, at=time.time(), party=self.name, status=status, reason=reason
            ),
        )
