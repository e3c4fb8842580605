"""A call that comes in at a simulated phone, and what the phone does with it."""

import asyncio
from dataclasses import dataclass

from cardline.sim.dialog import CallFailed, Dialog, Voice
from cardline.sim.endpoint import Endpoint, response_to
from cardline.sim.sdp import read_description
from cardline.sim.sip_message import name_of, uri_of, user_of
from cardline.sim.transaction import ServerTransaction

_REASONS = {480: "Temporarily Unavailable", 486: "Busy Here", 488: "Not Acceptable Here"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a phone does with a call by itself."""

    after: float | None = 0.0
    """Seconds of ringing; None: it rings until somebody decides or the caller gives up."""
    status: int = 200
    """200 answers; 486 is busy, 603 declines, any other refuses with that."""


ANSWER = Policy()
NEVER = Policy(after=None)
BUSY = Policy(status=486)
DECLINE = Policy(status=603)


def answer_after(seconds: float) -> Policy:
    """Return the policy of ringing for so long and then answering."""
    return Policy(after=seconds)


class IncomingCall(Dialog):
    """A call to this phone; it rings from the start."""

    def __init__(self, endpoint: Endpoint, voice: Voice, server: ServerTransaction) -> None:
        super().__init__(endpoint, voice)
        self.invite = server.request
        """The INVITE, for its headers."""
        self.call_id = self.invite.call_id
        self.user = user_of(uri_of(self.invite.get("From")))
        self.name = name_of(self.invite.get("From"))
        self.remote_tag = self.invite.from_tag
        self._local = self.invite.get("To")
        self._remote = f"<{uri_of(self.invite.get('From'))}>"
        self._target = uri_of(self.invite.get("Contact"))
        self._routes = self.invite.all("Record-Route")
        self._remote_sequence = self.invite.sequence
        self._server = server
        self._timer: asyncio.TimerHandle | None = None

    def ring(self, policy: Policy) -> None:
        """Ring (180), then do as ``policy`` says."""
        theirs = read_description(self.invite.body)
        if self.invite.body and (theirs is None or self._common_law(theirs) is None):
            self.refuse(488)
            return
        if policy.after or policy.after is None:
            ringing = response_to(self.invite, 180, "Ringing", tag=self.local_tag)
            ringing.add("Contact", self._contact())
            self._server.respond(ringing)
        if policy.after is not None:
            decide = self.answer if policy.status == 200 else lambda: self.refuse(policy.status)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(policy.after, decide)

    def answer(self) -> None:
        """Answer the call (200)."""
        if self.state == "ringing":
            self.state = "up"
            self._accept(self._server, read_description(self.invite.body))
            self._settled.set()

    def refuse(self, status: int = 603) -> None:
        """Refuse the call."""
        if self.state == "ringing":
            self._refuse(status, _REASONS.get(status, "Decline"))
            self.end(str(status))

    def cancelled(self) -> None:
        """The caller gave up; nothing happens where the answer crossed."""
        if self.state == "ringing":
            self._refuse(487, "Request Terminated")
            self.end("cancelled")

    async def hang_up(self) -> None:
        """Decline where it rings, else BYE."""
        self.refuse()
        await super().hang_up()

    def end(self, cause: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().end(cause)
        if cause == "vanished":
            self._server.stop()

    def _refuse(self, status: int, reason: str) -> None:
        self._failure = CallFailed(status, reason)
        self._server.respond(response_to(self.invite, status, reason, tag=self.local_tag))
