"""One SIP dialogue, either way round."""

from collections.abc import Mapping
from typing import Any, Protocol

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventRing,
    CCEventUpdate,
)
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipURL import SipURL

from cardline.adapters.sip.signalling.stack import ALLOW, REASONS, Stack, header
from cardline.adapters.sip.signalling.useragent import Agent, Connected, Target, Try


class Owner(Protocol):
    """Who is told what happens in a dialogue."""

    def on_ringing(self) -> None: ...

    def on_answer(self, sdp: str | None) -> None:
        """Our INVITE was answered, or an ACK brought the answer to our late offer."""
        ...

    def on_offer(self, sdp: str | None) -> None:
        """A re-INVITE came: ``accept`` or ``refuse`` it. ``None``: the peer wants our offer."""
        ...

    def on_reanswer(self, status: int, sdp: str | None) -> None:
        """How our own re-INVITE ended."""
        ...

    def on_end(self, cause: str, status: int, reason: str) -> None:
        """The dialogue is over: ``hung-up``, ``cancelled``, ``failed`` or ``network``. Once."""
        ...


class Dialogue:
    """One dialogue; made by ``incoming`` or ``outgoing``."""

    def __init__(self, stack: Stack, owner: Owner) -> None:
        self._stack = stack
        self._owner = owner
        self._ua = Agent(stack.config, event_cb=self._event)
        contact = SipURL(username="cardline", host=stack.host, port=stack.port)
        self._ua.lContact = SipContact(address=SipAddress(url=contact, hadbrace=True))
        self._established = False
        self._updating = False
        self._late = False
        self._over = False
        self._sdp_before: Any = None

    @property
    def established(self) -> bool:
        """Answered, by whichever side, and not over."""
        return self._established and not self._over

    @property
    def over(self) -> bool:
        return self._over

    @property
    def offered_update(self) -> bool:
        """Our re-INVITE waits for its answer."""
        return self._updating

    def incoming(self, request: Any, transaction: Any) -> Any:
        """Take a new INVITE; returns what the transaction layer wants to hear."""
        self._late = request.getBody() is None
        return self._ua.recvRequest(request, transaction)

    def outgoing(
        self, target: Target, *, user: str, name: str, sdp: str, headers: Mapping[str, str]
    ) -> None:
        """Send the INVITE."""
        self._ua.setNextHop(target.address, "udp")
        event = Try((None, user, "", MsgBody(sdp), None, name or None))
        event.target = target
        event.extra_headers = _headers({**headers, "Allow": ALLOW})
        self._ua.recvEvent(event)

    def ring(self) -> None:
        self._ua.recvEvent(CCEventRing((180, "Ringing", None)))

    def accept(self, sdp: str, headers: Mapping[str, str] | None = None) -> None:
        """Answer 200 to the INVITE or re-INVITE that waits."""
        kind = CCEventPreConnect if self._late else CCEventConnect
        self._established = True
        event = kind((200, "OK", MsgBody(sdp)))
        event.extra_headers = _headers({**(headers or {}), "Allow": ALLOW})
        self._ua.recvEvent(event)

    def refuse(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Refuse the INVITE (that ends the dialogue) or the re-INVITE (that does not)."""
        if not self._established:
            self._over = True
        event = CCEventFail((status, REASONS.get(status, "Refused")))
        event.extra_headers = _headers(headers)
        self._ua.recvEvent(event)

    def reinvite(self, sdp: str) -> bool:
        """Offer other media; False where another exchange is under way."""
        if not self.established or self._updating or type(self._ua.state) is not Connected:
            return False
        self._sdp_before = self._ua.lSDP
        self._ua.recvEvent(CCEventUpdate(MsgBody(sdp)))
        self._updating = type(self._ua.state) is not Connected
        return self._updating

    def end(self) -> None:
        """BYE, CANCEL or a final refusal: whatever the state asks. No event follows."""
        if not self._over:
            self._over = True
            if not self._established and self._ua.origin == "caller":
                self._ua.recvEvent(CCEventFail((480, REASONS[480])))
            else:
                self._ua.recvEvent(CCEventDisconnect())

    def _event(self, event: Any, _agent: Any) -> None:
        if self._over:
            return
        if isinstance(event, CCEventDisconnect):
            self._finish("network" if self._ua.lost_ack else "hung-up", 0, "")
        elif isinstance(event, CCEventRing):
            if event.getData()[0] >= 180 and not self._updating:
                self._owner.on_ringing()
        elif isinstance(event, CCEventPreConnect | CCEventConnect):
            self._connected(event)
        elif isinstance(event, CCEventUpdate):
            self._late = event.getData() is None
            self._owner.on_offer(_text(event.getData()))
        elif isinstance(event, CCEventFail | CCEventRedirect):
            self._failed(event)

    def _connected(self, event: Any) -> None:
        code, _, body = event.getData()
        if code == "ACK":
            self._late = False
            self._owner.on_answer(_text(body))
        elif self._updating:
            self._updating = False
            self._owner.on_reanswer(200, _text(body))
        elif not self._established:
            self._established = True
            self._owner.on_answer(_text(body))

    def _failed(self, event: Any) -> None:
        status, reason = event.getData()[:2]
        if self._updating:
            self._updating = False
            self._ua.lSDP = self._sdp_before  # the stack forgets it, and trips over that later
            self._owner.on_reanswer(int(status), None)
        elif not self._established:
            self._finish("failed", int(status), str(reason))

    def _finish(self, cause: str, status: int, reason: str) -> None:
        self._over = True
        if not self._established and cause == "hung-up":
            cause = "cancelled"
        self._owner.on_end(cause, status, reason)


def sdp_of(request: Any) -> str | None:
    """The offer of an INVITE; ``None`` where it has none, empty where its body is no SDP."""
    return _text(request.getBody())


def _headers(headers: Mapping[str, str] | None) -> Any:
    if not headers:
        return None
    return tuple(
        header(name, value)
        for name, value in headers.items()
        if not any(ch in name + value for ch in "\r\n")
    )


def _text(body: Any) -> str | None:
    """The SDP of a message body; the empty string where the body is something else."""
    if body is None:
        return None
    kind = body.getType()
    if kind == "application/sdp":
        return str(body)
    if kind.startswith("multipart/"):
        text = str(body)
        at = text.find("v=0")
        return text[at:].partition("\r\n--")[0] + "\r\n" if at >= 0 else ""
    return ""
