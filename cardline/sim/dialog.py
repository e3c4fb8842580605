"""A call of a simulated phone: its SIP dialog (RFC 3261 section 12), its sound, who ended it."""

import asyncio
import random
import secrets
from dataclasses import dataclass
from typing import Literal

from cardline.sim.endpoint import Endpoint, address_of, response_to
from cardline.sim.hearing import Hearing
from cardline.sim.rtp import RtpSession
from cardline.sim.sdp import Description, Direction, answered, describe, read_description, sends
from cardline.sim.sip_message import Message, uri_of
from cardline.sim.sound import SILENCE, Law, Sound
from cardline.sim.transaction import ClientTransaction, ServerTransaction

State = Literal["ringing", "up", "ended"]
ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO"
_GLARE_RETRIES = 3


class CallFailed(Exception):
    """An INVITE that was not answered with a 2xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Voice:
    """What a phone speaks in a call: its codecs by preference, and what it says at first."""

    laws: tuple[Law, ...] = ("ulaw", "alaw")
    sound: Sound = SILENCE
    keep_seconds: float = 10.0
    """How much of what is heard is kept; 0 counts packets only."""


class Dialog(Hearing):
    """A call, in either direction."""

    def __init__(self, endpoint: Endpoint, voice: Voice) -> None:
        super().__init__(RtpSession(endpoint.host, keep_seconds=voice.keep_seconds))
        self.media.say(voice.sound)
        self.state: State = "ringing"
        self.ended = asyncio.Event()
        self.cause = ""
        """Why it ended: ``local``, ``remote``, ``cancelled``, ``vanished``, ``no-ack``, status."""
        self.call_id = ""
        self.user = ""
        """The user part of the other end."""
        self.local_tag = secrets.token_hex(6)
        self.remote_tag = ""
        self.direction: Direction = "sendrecv"
        """What we wish; a hold by the other end does not change it."""
        self.is_held = False
        """True while the other end does not want to hear us."""
        self._endpoint = endpoint
        self._voice = voice
        self._settled = asyncio.Event()
        self._failure: CallFailed | None = None
        self._local = self._remote = ""
        self._target = ""
        self._routes: list[str] = []
        self._sequence = random.randrange(1, 1000)
        self._remote_sequence = 0
        self._session = random.getrandbits(31)
        self._version = 0
        self._acks: dict[int, bytes] = {}
        self._unacknowledged: dict[int, ServerTransaction] = {}
        self._reinvite: ClientTransaction | None = None

    # ------------------------------------------------------------ what one does with a call

    async def answered(self, *, within: float | None = None) -> None:
        """Wait for the answer. Raises ``CallFailed``, or ``TimeoutError``."""
        async with asyncio.timeout(within):
            await self._settled.wait()
        if self._failure is not None:
            raise self._failure

    async def over(self, *, within: float | None = None) -> str:
        """Wait until the call has ended; returns its cause. Raises ``TimeoutError``."""
        async with asyncio.timeout(within):
            await self.ended.wait()
        return self.cause

    async def hang_up(self) -> None:
        """End the call with BYE; vanish with bad manners."""
        if self.state != "up":
            return
        if self._endpoint.manners.drop_bye:
            self.vanish()
            return
        self.end("local")
        await self._send(self._request("BYE")).final

    def vanish(self) -> None:
        """Be gone without a word: no BYE, no answer, no sound."""
        self.end("vanished")

    async def hold(self, direction: Direction = "sendonly") -> None:
        """Ask the other end not to send. Raises ``CallFailed`` where it refuses."""
        await self._invite_again(direction, self.media)

    async def resume(self) -> None:
        """End a hold of ours. Raises ``CallFailed`` where the other end refuses."""
        await self._invite_again("sendrecv", self.media)

    async def move_media(self) -> None:
        """Go on at another RTP port, where counts begin anew. Raises ``CallFailed``."""
        media = RtpSession(self._endpoint.host, keep_seconds=self._voice.keep_seconds)
        media.say(self._voice.sound)
        old = self.media
        try:
            await self._invite_again(self.direction, media)
        except CallFailed:
            media.close()
            raise
        old.close()

    # ------------------------------------------------------------ sound

    def _describe(self, media: RtpSession, direction: Direction, laws: tuple[Law, ...]) -> bytes:
        self._version += 1
        return describe(
            host=self._endpoint.host,
            port=media.port,
            laws=laws,
            direction=direction,
            session=self._session,
            version=self._version,
        )

    def _common_law(self, theirs: Description) -> Law | None:
        return next((law for law in theirs.laws if law in self._voice.laws), None)

    def _speak(self, theirs: Description) -> None:
        """Send where and what the other end wants."""
        law = self._common_law(theirs)
        if law is not None:
            self.media.law = law
        self.media.peer = (theirs.host, theirs.port)
        self.media.is_sending = sends(answered(self.direction, theirs.direction))
        self.is_held = not sends(answered("sendrecv", theirs.direction))
        self.media.start()

    # ------------------------------------------------------------ requests of ours

    def _request(self, method: str, *, sequence: int | None = None) -> Message:
        """Return a request within the dialog (RFC 3261 section 12.2.1.1)."""
        if sequence is None:
            self._sequence += 1
            sequence = self._sequence
        request = Message(method=method, uri=self._target)
        request.add("Via", self._endpoint.new_via())
        request.add("Route", *self._routes)
        request.add("Max-Forwards", "70")
        request.add("From", f"{self._local};tag={self.local_tag}")
        request.add(
            "To", f"{self._remote};tag={self.remote_tag}" if self.remote_tag else self._remote
        )
        request.add("Call-ID", self.call_id)
        request.add("CSeq", f"{sequence} {method}")
        if method == "INVITE":
            request.add("Contact", self._contact())
            request.add("Allow", ALLOW)
        return request

    def _contact(self) -> str:
        user = uri_of(self._local).partition(":")[2].partition("@")[0]
        return f"<sip:{user}@{self._endpoint.host}:{self._endpoint.port}>"

    def _send(self, request: Message) -> ClientTransaction:
        return self._endpoint.request(
            request,
            address_of(uri_of(self._routes[0]) if self._routes else self._target),
            on_provisional=self._progress,
            on_repeat=lambda: self._acknowledge(request.sequence),
        )

    def _progress(self, response: Message) -> None:
        """A provisional response came."""

    def _acknowledge(self, sequence: int) -> None:
        """Send the ACK to a 2xx, or send it again."""
        if self._endpoint.manners.never_ack or self.cause == "vanished":
            return
        if sequence not in self._acks:
            self._acks[sequence] = self._request("ACK", sequence=sequence).encode()
        to = address_of(uri_of(self._routes[0]) if self._routes else self._target)
        self._endpoint.send_request(self._acks[sequence], to)

    async def _invite_again(self, direction: Direction, media: RtpSession) -> None:
        for _ in range(_GLARE_RETRIES):
            request = self._request("INVITE")
            request.add("Content-Type", "application/sdp")
            request.body = self._describe(media, direction, self._voice.laws)
            self._reinvite = self._send(request)
            response = await self._reinvite.final
            self._reinvite = None
            if response.status != 491:
                break
            await asyncio.sleep(random.uniform(0.1, 1.0))
        theirs = read_description(response.body)
        if response.status >= 300 or theirs is None:
            raise CallFailed(response.status, response.reason)
        self._acknowledge(response.sequence)
        self.direction, self.media = direction, media
        self._speak(theirs)

    # ------------------------------------------------------------ requests of the other end

    def take(self, server: ServerTransaction) -> None:
        """Answer a request within the dialog."""
        request = server.request
        if self.cause == "vanished":
            return
        if request.sequence < self._remote_sequence:
            server.respond(response_to(request, 500, "Out Of Order"))
            return
        self._remote_sequence = request.sequence
        if request.method == "BYE":
            server.respond(response_to(request, 200, "OK"))
            self.end("remote")
        elif request.method == "INVITE":
            self._take_reinvite(server)
        elif request.method in ("INFO", "OPTIONS", "NOTIFY"):
            server.respond(response_to(request, 200, "OK"))
        else:
            refusal = response_to(request, 405, "Method Not Allowed")
            refusal.add("Allow", ALLOW)
            server.respond(refusal)

    def _take_reinvite(self, server: ServerTransaction) -> None:
        if self._reinvite is not None:
            server.respond(response_to(server.request, 491, "Request Pending"))
            return
        theirs = read_description(server.request.body)
        if server.request.body and (theirs is None or self._common_law(theirs) is None):
            server.respond(response_to(server.request, 488, "Not Acceptable Here"))
            return
        contact = server.request.get("Contact")
        if contact:
            self._target = uri_of(contact)
        self._accept(server, theirs)

    def _accept(self, server: ServerTransaction, theirs: Description | None) -> None:
        """Answer an INVITE with 200: with our answer to an offer, else with an offer of ours."""
        direction, laws = self.direction, self._voice.laws
        if theirs is not None:
            self._speak(theirs)
            direction, laws = answered(self.direction, theirs.direction), (self.media.law,)
        response = response_to(server.request, 200, "OK", tag=self.local_tag)
        response.add("Contact", self._contact())
        response.add("Allow", ALLOW)
        response.add("Content-Type", "application/sdp")
        response.body = self._describe(self.media, direction, laws)
        self._unacknowledged[server.request.sequence] = server
        server.respond(response, on_no_ack=self._not_acknowledged)

    def take_ack(self, ack: Message) -> None:
        """The other end has our 200."""
        server = self._unacknowledged.pop(ack.sequence, None)
        if server is not None:
            server.acknowledge()
            theirs = read_description(ack.body)
            if theirs is not None:
                self._speak(theirs)

    def _not_acknowledged(self) -> None:
        """No ACK came in 32 s: the call ends (RFC 3261 section 13.3.1.4)."""
        if self.state == "up":
            self.end("no-ack")
            self._send(self._request("BYE"))

    # ------------------------------------------------------------ the end

    def end(self, cause: str) -> None:
        """The call is over for us; what was heard stays readable."""
        if self.state == "ended":
            return
        if self.state == "ringing" and self._failure is None:
            self._failure = CallFailed(0, cause)
        self.state, self.cause = "ended", cause
        for server in self._unacknowledged.values():
            server.stop()
        self.media.close()
        self._settled.set()
        self.ended.set()
