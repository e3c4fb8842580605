"""SIP transactions over UDP (RFC 3261 section 17): sending again until the other end has spoken."""

import asyncio
from collections.abc import Callable

from cardline.sim.sip_message import Message

T1, T2 = 0.5, 4.0
"""Seconds: the first interval and the longest one (RFC 3261 section 17.1.1.1)."""
TRANSACTION_SECONDS = 64 * T1


class Resend:
    """Sends now and again at doubling intervals, until it is stopped or the time is over."""

    def __init__(
        self,
        send: Callable[[], None],
        *,
        longest: float = T2,
        seconds: float = TRANSACTION_SECONDS,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._send = send
        self._longest = longest
        self._ends = self._loop.time() + seconds
        self._on_end = on_end
        self._interval = T1
        self.times = 1
        send()
        self._timer = self._loop.call_later(T1, self._again)

    def _again(self) -> None:
        if self._loop.time() >= self._ends:
            if self._on_end is not None:
                self._on_end()
            return
        self._send()
        self.times += 1
        self._interval = min(self._interval * 2, self._longest)
        wait = min(self._interval, self._ends - self._loop.time())
        self._timer = self._loop.call_later(max(wait, 0), self._again)

    def stop(self) -> None:
        self._timer.cancel()


class ClientTransaction:
    """One request of ours and the responses to it."""

    def __init__(
        self,
        request: Message,
        send: Callable[[], None],
        *,
        on_provisional: Callable[[Message], None] | None = None,
        on_repeat: Callable[[], None] | None = None,
    ) -> None:
        self.request = request
        self.final: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.provisional = asyncio.Event()
        """Set by the first response of any kind: from then on an INVITE may be cancelled."""
        self._on_provisional = on_provisional
        self._on_repeat = on_repeat
        self._is_invite = request.method == "INVITE"
        longest = TRANSACTION_SECONDS if self._is_invite else T2
        self._resend = Resend(send, longest=longest, on_end=self.time_out)

    def take(self, response: Message) -> None:
        """Take a response; the first final one ends the wait."""
        self.provisional.set()
        if response.status < 200:
            # From here an INVITE waits in silence; any other request goes on at T2.
            if self._is_invite:
                self._resend.stop()
            if self._on_provisional is not None and not self.final.done():
                self._on_provisional(response)
            return
        self._resend.stop()
        if not self.final.done():
            self.final.set_result(response)
        elif response.status < 300 and self._on_repeat is not None:
            self._on_repeat()

    def time_out(self) -> None:
        """Nothing came in time, which counts as 408."""
        self.provisional.set()
        if not self.final.done():
            self.final.set_result(Message(status=408, reason="Request Timeout"))

    def stop(self) -> None:
        """Give up without a word."""
        self._resend.stop()
        if not self.final.done():
            self.final.cancel()


class ServerTransaction:
    """One request of the other end: a repeat of it gets the last response again."""

    def __init__(self, request: Message, send: Callable[[bytes], None]) -> None:
        self.request = request
        self._send = send
        self._last: bytes | None = None
        self._resend: Resend | None = None
        self.acknowledged = asyncio.Event()

    def respond(self, response: Message, *, on_no_ack: Callable[[], None] | None = None) -> None:
        """Send a response; a final one to an INVITE again and again until the ACK."""
        encoded = self._last = response.encode()
        if self.request.method == "INVITE" and response.status >= 200:
            self._resend = Resend(lambda: self._send(encoded), on_end=on_no_ack)
        else:
            self._send(encoded)

    @property
    def is_answered(self) -> bool:
        """True once a final response to an INVITE went out."""
        return self._resend is not None

    def repeat(self) -> None:
        """The request came once more."""
        if self._last is not None:
            self._send(self._last)

    def acknowledge(self) -> None:
        self.acknowledged.set()
        self.stop()

    def stop(self) -> None:
        if self._resend is not None:
            self._resend.stop()
