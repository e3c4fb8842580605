"""The stack's user agent with its odd corners put right, and where it sends an INVITE."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sippy.CCEvents import CCEventPreConnect, CCEventTry, CCEventUpdate
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipTo import SipTo
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.UasStateUpdating import UasStateUpdating
from sippy.UaStateConnected import UaStateConnected

from cardline.adapters.sip import log
from cardline.adapters.sip.signalling.stack import ALLOW, REASONS, header

_TAKEN = ("INVITE", "BYE", "INFO", "OPTIONS", "ACK", "CANCEL")


@dataclass(frozen=True, slots=True)
class Target:
    """Where an INVITE goes: the request URI, and the address that it is sent to."""

    uri: str
    address: tuple[str, int]
    to: str
    """The URI for the To header."""
    translated: bool = False
    """It is known to be behind address translation (NAT)."""


def parse_target(uri: str) -> Target:
    """Read a SIP URI with a host. Raises ``ValueError`` for anything else."""
    url = _url(uri)
    if url.scheme != "sip" or not url.host:
        raise ValueError("not a SIP URI")
    return Target(uri=uri, address=(str(url.host), int(url.getPort())), to=uri)


def contacts_of(request: Any) -> list[tuple[str, str | None]]:
    """URI (or ``*``) and expires parameter of each Contact, as the phone wrote them.

    The stack puts the source address into those that name a private one; a phone that registers
    wants to see its own again, and is rung at the source all the same.
    """
    found: list[tuple[str, str | None]] = []
    for entry in request.getHFs("contact"):
        contact = SipContact(entry.body.body)
        if contact.asterisk:
            found.append(("*", None))
        else:
            contact.parse()
            found.append((str(contact.getUrl()), contact.getUri().getParam("expires")))
    return found


class Connected(UaStateConnected):  # type: ignore[misc]
    def _recvRequestInvite(self, req: Any) -> Any:  # noqa: N802 - the name that sippy calls
        # The stack takes a re-INVITE without a body for a hold; RFC 3261 14.2 wants an offer.
        ua = self.ua
        ua.uasResp = req.genResponse(100, "Trying", server=ua.local_ua)
        ua.global_config["_sip_tm"].sendResponse(ua.uasResp)
        if req.countHFs("contact") > 0:
            ua.rTarget = req.getHFBody("contact").getUrl().getCopy()
            if not ua.routes:
                ua.rAddr = ua.rTarget.getTAddr()
        body = req.getBody()
        if body is not None:
            ua.rSDP = body.getCopy()
        ua.equeue.append(CCEventUpdate(body, rtime=req.rtime, origin=ua.origin))
        return (ua.UasStateUpdating,)

    recv_request_handlers: ClassVar[dict[str, Any]] = {
        "INVITE": _recvRequestInvite,
        "BYE": UaStateConnected._recvRequestBye,
        "INFO": UaStateConnected._recvRequestInfo,
        "OPTIONS": UaStateConnected._recvRequestOptions,
    }


class Updating(UasStateUpdating):  # type: ignore[misc]
    def _recvEventPreConnect(self, event: Any, extra: Any) -> Any:  # noqa: N802 - the name that sippy calls
        code, reason, body = event.getData()
        self.ua.lSDP = body
        self.ua.sendUasResponse(
            code, reason, body, (self.ua.lContact,), ack_wait=True, extra_headers=extra
        )
        return (self.ua.UaStateConnected,)

    recv_event_handlers = UasStateUpdating.recv_event_handlers | {
        CCEventPreConnect: _recvEventPreConnect
    }


class Agent(UA):  # type: ignore[misc]
    UaStateConnected = Connected
    UasStateUpdating = Updating
    lost_ack = False

    def genRequest(self, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - the name that sippy calls
        # Whatever transport a Contact names, this line speaks UDP.
        self.rAddr: Any = (self.rAddr[0], "udp")
        self.rTarget.transport = _udp_only(self.rTarget.transport)
        return super().genRequest(*args, **kwargs)

    def recvRequest(self, req: Any, sip_t: Any) -> Any:  # noqa: N802 - the name that sippy calls
        method = req.getMethod()
        if method not in _TAKEN:
            refusal = req.genResponse(405, REASONS[405])
            refusal.appendHeader(header("Allow", ALLOW))
            return (refusal, None, None)
        try:
            result = super().recvRequest(req, sip_t)
        except Exception as error:  # or the transaction would stay behind, unanswered
            log.note("request within a call refused", f"{method}: {type(error).__name__}")
            return (req.genResponse(500, REASONS[500]), None, None)
        if result is None:
            if method != "INVITE" and sip_t.data is None and sip_t.tid:
                return (req.genResponse(481, REASONS[481]), None, None)
            return None
        response, cancelled, unacknowledged = result
        if unacknowledged is None:
            return result

        def without_ack() -> None:
            self.lost_ack = True
            unacknowledged()

        return (response, cancelled, without_ack)


class Try(CCEventTry):  # type: ignore[misc]
    target: Target

    def onUacSetupComplete(self, uac: Any) -> None:  # noqa: N802 - the name that sippy calls
        uac.rTarget = _url(self.target.uri)
        uac.rUri = SipTo(address=SipAddress(url=_url(self.target.to), hadbrace=True))


def _url(uri: str) -> Any:
    url = SipURL(uri)
    url.transport = _udp_only(url.transport)
    return url


def _udp_only(transport: Any) -> Any:
    # ";transport=UDP" in upper case raises RuntimeError deep in the stack.
    return transport.lower() if isinstance(transport, str) else transport
