"""A call that a simulated phone makes: INVITE with authentication, CANCEL, ACK (RFC 3261 13, 9)."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cardline.sim.dialog import CallFailed, Dialog, Voice
from cardline.sim.digest import answer_challenge
from cardline.sim.endpoint import Endpoint
from cardline.sim.sdp import read_description
from cardline.sim.sip_message import Message, uri_of, user_of
from cardline.sim.transaction import TRANSACTION_SECONDS, ClientTransaction


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls: the From header, and the password where the other end asks for one."""

    user: str
    name: str = ""
    password: str = ""
    login: str = ""
    """The user of the password, where it is not ``user``."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Added to the INVITE."""


class OutgoingCall(Dialog):
    """A call to ``uri``. ``ringing`` is set when the other end rings."""

    def __init__(self, endpoint: Endpoint, voice: Voice, identity: Identity, uri: str) -> None:
        super().__init__(endpoint, voice)
        self.ringing = asyncio.Event()
        self.call_id = f"{secrets.token_hex(10)}@{endpoint.host}"
        self.user = user_of(uri)
        self._identity = identity
        name = f'"{identity.name}" ' if identity.name else ""
        self._local = f"{name}<sip:{identity.user}@{endpoint.host}>"
        self._remote = f"<{uri}>"
        self._target = uri
        self._is_cancelled = False
        self._credentials: tuple[str, str] | None = None
        self._invite = self._send_invite()
        self._task = asyncio.create_task(self._run())

    async def hang_up(self) -> None:
        """End the call: CANCEL before the answer, BYE behind it."""
        if self.state == "ringing":
            await self.cancel()
        else:
            await super().hang_up()

    async def cancel(self) -> None:
        """Give up before the answer; where the answer crosses, it is hung up."""
        if self.state != "ringing" or self._is_cancelled:
            return
        self._is_cancelled = True
        # A CANCEL that overtakes its INVITE would find nothing (RFC 3261 section 9.1).
        await self._invite.provisional.wait()
        if not self._invite.final.done():
            await self._send_cancel().final
        loop = asyncio.get_running_loop()
        loop.call_later(TRANSACTION_SECONDS, self._invite.time_out)
        await self.ended.wait()

    def end(self, cause: str) -> None:
        super().end(cause)
        if cause == "vanished":
            self._invite.stop()

    async def _run(self) -> None:
        response = await self._invite.final
        if response.status in (401, 407) and self._identity.password and not self._is_cancelled:
            self._authenticate(response)
            self._invite = self._send_invite()
            response = await self._invite.final
        if response.status < 300:
            self._establish(response)
            await self._greet()
        elif self.state == "ringing":
            self._failure = CallFailed(response.status, response.reason)
            self.end("cancelled" if self._is_cancelled else str(response.status))

    async def _greet(self) -> None:
        """Acknowledge the answer, unless the call is not wanted any more."""
        cancels_late = self._endpoint.manners.cancel_on_answer
        if cancels_late:
            self._send_cancel()
        self._acknowledge(self._invite.request.sequence)
        if self.state == "ended":
            return
        self.state = "up"
        if self._is_cancelled or cancels_late:
            self._failure = CallFailed(487, "cancelled")
            await super().hang_up()
        self._settled.set()

    def _establish(self, response: Message) -> None:
        self.remote_tag = response.to_tag
        self._routes = response.all("Record-Route")[::-1]
        self._target = uri_of(response.get("Contact")) or self._target
        theirs = read_description(response.body)
        if theirs is not None and self.state != "ended":
            self._speak(theirs)

    def _progress(self, response: Message) -> None:
        if response.status in (180, 183):
            self.ringing.set()
        theirs = read_description(response.body)
        if theirs is not None and self.state == "ringing":
            self._speak(theirs)  # early media

    def _authenticate(self, response: Message) -> None:
        asked, given = ("WWW-Authenticate", "Authorization")
        if response.status == 407:
            asked, given = ("Proxy-Authenticate", "Proxy-Authorization")
        identity = self._identity
        answer = answer_challenge(
            response.get(asked),
            user=identity.login or identity.user,
            password=identity.password,
            method="INVITE",
            uri=self._target,
        )
        self._credentials = (given, answer)

    def _send_invite(self) -> ClientTransaction:
        invite = self._request("INVITE")
        for name, value in self._identity.headers.items():
            invite.add(name, value)
        if self._credentials is not None:
            invite.add(*self._credentials)
        invite.add("Content-Type", "application/sdp")
        invite.body = self._describe(self.media, self.direction, self._voice.laws)
        return self._send(invite)

    def _send_cancel(self) -> ClientTransaction:
        """Send a CANCEL in the branch of the INVITE (RFC 3261 section 9.1)."""
        invite = self._invite.request
        cancel = Message(method="CANCEL", uri=invite.uri)
        for name in ("Via", "Route", "From", "To", "Call-ID"):
            cancel.add(name, *invite.all(name))
        cancel.add("Max-Forwards", "70")
        cancel.add("CSeq", f"{invite.sequence} CANCEL")
        return self._endpoint.request(cancel, self._endpoint.destination_of(self._invite))
