"""The SIP stack (sippy) seen through typed eyes: loop, timers, transactions.

Only ``stack``, ``transport``, ``useragent`` and ``dialogue`` know sippy.
"""

import io
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from cardline.adapters.sip import log


class _Hush(io.TextIOBase):
    """Takes what the stack prints (whole messages, with whatever digits are in them)."""

    def write(self, text: str) -> int:
        return len(text)


sys.stdout = _Hush()  # before the stack is loaded: it keeps the stream as a default argument

import sippy.Core.EventDispatcher as _dispatching  # noqa: E402, N813
import sippy.Network_server as _network  # noqa: E402
import sippy.SipConf as _configuration  # noqa: E402, N813
import sippy.SipTransactionManager as _managing  # noqa: E402, N813
import sippy.SipURL as _urls  # noqa: E402, N813
import sippy.SipVia as _vias  # noqa: E402, N813
import sippy.Time.MonoTime as _clocks  # noqa: E402, N813
from sippy.Core.EventDispatcher import ED2  # noqa: E402
from sippy.Network_server import Remote_address  # noqa: E402
from sippy.SipConf import SipConf  # noqa: E402
from sippy.SipGenericHF import SipGenericHF  # noqa: E402
from sippy.SipHeader import SipHeader  # noqa: E402
from sippy.SipTransactionManager import SipTransactionManager  # noqa: E402
from sippy.Time.MonoTime import MonoTime  # noqa: E402
from sippy.Time.Timeout import Timeout  # noqa: E402

from cardline.adapters.sip.signalling import badmessage  # noqa: E402
from cardline.adapters.sip.signalling.transport import DatagramOptions, DatagramServer  # noqa: E402
from cardline.adapters.sip.wires import Wires  # noqa: E402

REASONS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "Version Not Supported",
    600: "Busy Everywhere",
    603: "Decline",
    606: "Not Acceptable",
}
_TIMERS_HZ = 50.0
"""How often timers are looked at; whatever arrives is taken at once."""
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER"


class Timer(Protocol):
    """What ``after`` returns."""

    def cancel(self) -> None: ...


_complaints = 0


def _complain(message: str, *_: object, **__: object) -> None:
    # In place of the stack's own traceback dump, which shows the whole message with its payload.
    global _complaints
    _complaints += 1
    kind = sys.exc_info()[0]
    log.note("sip stack", f"{message.partition(' from ')[0]} ({kind.__name__ if kind else '?'})")


def _marked(thing: object) -> tuple[str, ...]:
    return ("my",) if hasattr(thing, "my") else ()


for _module in (_dispatching, _network, _managing):
    _module.dump_exception = _complain
for _module in (_urls, _vias, _configuration, _managing):
    # It asks "'my' in dir(x)" some 70 times a call, at 30 µs each.
    _module.dir = _marked
# The same clocks without ctypes, 40 times faster; 65 readings a call.
_clocks.clock_getdtime = time.clock_gettime


def after(seconds: float, callback: Callable[..., None], *arguments: object) -> Timer:
    """Call back once, in the loop."""
    timer: Timer = Timeout(callback, seconds, 1, *arguments)
    return timer


def every(seconds: float, callback: Callable[[], None]) -> Timer:
    """Call back again and again, in the loop."""
    timer: Timer = Timeout(callback, seconds, -1)
    return timer


def deliver(callback: Callable[..., None], *arguments: object) -> None:
    """Call back in the loop; from any thread."""
    ED2.callFromThread(callback, *arguments)


def on_signal(number: int, callback: Callable[[], None]) -> None:
    ED2.regSignal(number, callback)


def run() -> None:
    """Run the loop until ``stop``."""
    ED2.loop(freq=_TIMERS_HZ)


def stop() -> None:
    ED2.breakLoop()


def header(name: str, value: str) -> Any:
    """One header for a request or a response."""
    return SipHeader(name=name.lower(), body=SipGenericHF(value, name=name))


class _NoLog:
    def write(self, *_: object, **__: object) -> None:
        pass


class Transactions(SipTransactionManager):  # type: ignore[misc]
    """The stack's transaction layer behind a door that answers what cannot be parsed."""

    nat_traversal = True

    def handleIncoming(  # noqa: N802 - the name that sippy calls
        self, data_in: bytes, ra: Remote_address, server: DatagramServer, rtime: MonoTime
    ) -> None:
        if len(data_in) < 32 or data_in.isspace():
            return  # keep-alives of phones behind NAT
        verdict = badmessage.judge(data_in)
        if verdict is None and not self._try(data_in, ra, server, rtime):
            tidied = badmessage.tidy(data_in)
            if tidied == data_in or not self._try(tidied, ra, server, rtime):
                verdict = 400
        if verdict is not None:
            answer = badmessage.answer(data_in, verdict, REASONS.get(verdict, "Bad Request"))
            if answer is not None:
                server.put(answer, ra.address)

    def incomingRequest(self, msg: Any, *rest: Any) -> None:  # noqa: N802 - the name that sippy calls
        # Before there is a transaction: an error later would leave it behind for ever.
        for name in ("to", "from", "call-id", "cseq"):
            if msg.countHFs(name) != 1:
                raise ValueError(name)
            msg.getHFBody(name)
        for name in ("contact", "route", "record-route"):
            msg.getHFBodys(name)
        super().incomingRequest(msg, *rest)

    def _try(self, data: bytes, ra: Remote_address, server: DatagramServer, rtime: Any) -> bool:
        before = _complaints
        try:
            super().handleIncoming(data, ra, server, rtime)
        except Exception as error:  # the message is bad, not we: the process stays
            log.note("sip message refused", type(error).__name__)
            return False
        return _complaints == before


class Stack:
    """The SIP side of this process: one UDP socket, transactions, and who takes new requests."""

    def __init__(
        self,
        wires: Wires,
        *,
        host: str,
        advertised: str,
        port: int,
        on_request: Callable[[Any, Any], Any],
    ) -> None:
        """``on_request(request, transaction)`` returns the stack's triple for a new request.

        Raises ``OSError`` where the port is taken.
        """
        SipConf.my_uaname = "Cardline"
        DatagramServer.wires = wires
        DatagramServer.advertised = advertised
        Transactions.model_udp_server = (DatagramServer, DatagramOptions)
        self.host = advertised
        self.port = port
        self.config: dict[str, Any] = {
            "_sip_address": host,
            "_sip_port": port,
            "_sip_logger": _NoLog(),
        }
        self.transactions = Transactions(self.config, on_request)
        self.config["_sip_tm"] = self.transactions

    def unfinished(self) -> int:
        """Requests of ours without a final answer."""
        return len(self.transactions.tclient)
