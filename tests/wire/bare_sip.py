"""Bare SIP and RTP for the tests of the line: it does what it is told, right or wrong."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from cardline.ports.line.commands import Answer
from cardline.ports.line.events import Answered, Incoming
from tests.wire.bare_rtp import SECONDS, Rtp
from tests.wire.line_support import RunningLine


class Message:
    """A SIP message, taken apart just enough to look at it."""

    def __init__(self, text: str) -> None:
        self.text = text
        head, _, self.body = text.partition("\r\n\r\n")
        self.first, *lines = head.split("\r\n")
        self.headers = [
            (n.strip().lower(), v.strip()) for n, _, v in (x.partition(":") for x in lines)
        ]

    def __getitem__(self, name: str) -> str:
        return next(value for found, value in self.headers if found == name.lower())

    def get(self, name: str) -> str:
        return next((value for found, value in self.headers if found == name.lower()), "")

    @property
    def status(self) -> int:
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self["cseq"].split()[1] if self.status else self.first.split()[0]

    @property
    def media(self) -> tuple[str, int]:
        """Where its SDP wants RTP."""
        host = re.search(r"c=IN IP4 (\S+)", self.body)
        port = re.search(r"m=audio (\d+)", self.body)
        assert host is not None
        assert port is not None, self.text
        return host[1], int(port[1])


class Peer(asyncio.DatagramProtocol):
    """A UDP socket that speaks SIP only as far as the test writes it."""

    def __init__(self) -> None:
        self.port = 0
        self.got: list[Message] = []
        self._news = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> "Peer":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.got.append(Message(data.decode()))
        self._news.set()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def send(self, data: str | bytes, to: tuple[str, int]) -> None:
        assert self._transport is not None
        self._transport.sendto(data.encode() if isinstance(data, str) else data, to)

    async def expect(self, first: str, *, method: str = "", within: float = SECONDS) -> Message:
        """The first message not taken before whose first line begins so."""
        async with asyncio.timeout(within):
            while True:
                for message in self.got:
                    if message.first.startswith(first) and method in ("", message.method):
                        self.got.remove(message)
                        return message
                self._news.clear()
                await self._news.wait()

    async def nothing(self, first: str, *, seconds: float = 0.3) -> None:
        """Nothing that begins so comes in this time."""
        with pytest.raises(TimeoutError):
            await self.expect(first, within=seconds)


def sdp(
    port: int,
    *,
    law: str = "0",
    direction: str = "sendrecv",
    events: int = 101,
    host: str = "127.0.0.1",
) -> str:
    """An offer of a phone."""
    return (
        f"v=0\r\no=phone 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {law} {events}\r\na=rtpmap:{events} telephone-event/8000\r\n"
        f"a=fmtp:{events} 0-15\r\na=ptime:20\r\na={direction}\r\n"
    )


class Caller:
    """A caller made of a bare peer: one dialogue, one RTP stream."""

    def __init__(self, line: RunningLine, peer: Peer, rtp: Rtp) -> None:
        self.line, self.peer, self.rtp = line, peer, rtp
        self.call_id = secrets.token_hex(8)
        self.tag = secrets.token_hex(4)
        self.to_tag = ""
        self.cseq = 0
        self.branch = ""
        self.media = ("127.0.0.1", 0)

    def request(
        self,
        method: str,
        body: str | None = None,
        *,
        cseq: int | None = None,
        branch: str | None = None,
        extra: str = "",
        user: str = "hotline",
    ) -> str:
        if cseq is None and method not in ("ACK", "CANCEL"):
            self.cseq += 1
        number = self.cseq if cseq is None else cseq
        if method not in ("CANCEL",) and branch is None:
            self.branch = f"z9hG4bK{secrets.token_hex(6)}"
        via = branch or self.branch
        to = f";tag={self.to_tag}" if self.to_tag else ""
        content = (
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            if body
            else "Content-Length: 0\r\n\r\n"
        )
        return (
            f"{method} sip:{user}@127.0.0.1:{self.line.port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer.port};branch={via};rport\r\n"
            f'From: "Wang" <sip:13800138000@127.0.0.1:{self.peer.port}>;tag={self.tag}\r\n'
            f"To: <sip:{user}@127.0.0.1:{self.line.port}>{to}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {number} {method}\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:13800138000@127.0.0.1:{self.peer.port};transport=UDP>\r\n"
            f"{extra}{content}"
        )

    def send(self, method: str, body: str | None = None, **kwargs: Any) -> str:
        text = self.request(method, body, **kwargs)
        self.peer.send(text, self.line.address)
        return text

    def invite(self, *, law: str = "0", **kwargs: Any) -> str:
        return self.send("INVITE", sdp(self.rtp.port, law=law), **kwargs)

    async def answered(self) -> Message:
        """Take the 200 and acknowledge it."""
        ok = await self.peer.expect("SIP/2.0 200", method="INVITE")
        self.to_tag = ok["to"].partition("tag=")[2]
        self.media = ok.media
        self.send("ACK")
        return ok

    async def reinvite(self, body: str | None) -> Message:
        self.send("INVITE", body)
        return await self.answered()

    async def hang_up(self) -> None:
        self.send("BYE")
        await self.peer.expect("SIP/2.0 200", method="BYE")


@asynccontextmanager
async def caller(line: RunningLine) -> AsyncIterator[Caller]:
    """A caller with open sockets."""
    peer, rtp = await Peer().open(), await Rtp().open()
    someone = Caller(line, peer, rtp)
    try:
        yield someone
    finally:
        if someone.to_tag:
            someone.send("BYE")
        peer.close()
        rtp.close()


class Phone:
    """An agent's phone made of a bare peer: answers what the test tells it to."""

    def __init__(self, peer: Peer, rtp: Rtp) -> None:
        self.peer, self.rtp = peer, rtp
        self.tag = secrets.token_hex(4)
        self.invitation: Message | None = None
        self.media = ("127.0.0.1", 0)
        self.cseq = 0

    @property
    def uri(self) -> str:
        return f"sip:agent@127.0.0.1:{self.peer.port}"

    async def invited(self, *, within: float = SECONDS) -> Message:
        self.invitation = await self.peer.expect("INVITE ", within=within)
        self.media = self.invitation.media if self.invitation.body else self.media
        return self.invitation

    def respond(self, request: Message, status: int, reason: str, body: str = "") -> None:
        """Answer a request."""
        line_port = (
            int(request["via"].split(":")[1].split(";")[0]) if ":" in request["via"] else 5060
        )
        to = request["to"] if "tag=" in request["to"] else f"{request['to']};tag={self.tag}"
        vias = "".join(f"Via: {v}\r\n" for n, v in request.headers if n == "via")
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.peer.send(
            f"SIP/2.0 {status} {reason}\r\n{vias}From: {request['from']}\r\nTo: {to}\r\n"
            f"Call-ID: {request['call-id']}\r\nCSeq: {request['cseq']}\r\n"
            f"Contact: <{self.uri}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}",
            ("127.0.0.1", line_port),
        )

    async def answer(self, *, law: str = "0", says: str = "127.0.0.1") -> None:
        """180, 200, ACK."""
        invitation = self.invitation or await self.invited()
        self.respond(invitation, 180, "Ringing")
        self.respond(invitation, 200, "OK", sdp(self.rtp.port, law=law, host=says))
        await self.peer.expect("ACK ")

    async def moved(self, *, law: str = "0") -> None:
        """Take a re-INVITE of the line and send where it says."""
        request = await self.peer.expect("INVITE ")
        self.media = request.media
        self.respond(request, 200, "OK", sdp(self.rtp.port, law=law))
        await self.peer.expect("ACK ")

    def request(self, method: str, body: str = "") -> None:
        """A request of the phone within the dialogue."""
        assert self.invitation is not None
        first = self.invitation
        self.cseq += 1
        kind = "Content-Type: application/sdp\r\n" if body else ""
        contact = first["contact"].strip("<>")
        port = int(contact.rpartition(":")[2])
        self.peer.send(
            f"{method} {contact} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer.port};branch=z9hG4bK{secrets.token_hex(6)}\r\n"
            f"From: {first['to']};tag={self.tag}\r\nTo: {first['from']}\r\n"
            f"Call-ID: {first['call-id']}\r\n"
            f"CSeq: {self.cseq} {method}\r\nMax-Forwards: 70\r\nContact: <{self.uri}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}",
            ("127.0.0.1", port),
        )


@asynccontextmanager
async def phone() -> AsyncIterator[Phone]:
    """A phone with open sockets."""
    peer, rtp = await Peer().open(), await Rtp().open()
    try:
        yield Phone(peer, rtp)
    finally:
        peer.close()
        rtp.close()


async def talk(line: RunningLine, caller: Caller, **kwargs: str) -> str:
    """Place and answer a call; returns its name."""
    caller.invite(**kwargs)
    call = (await line.expect(Incoming, sip_call_id=caller.call_id)).call
    await line.send(Answer(call=call))
    await caller.answered()
    await line.expect(Answered, call=call, party="caller")
    return call
