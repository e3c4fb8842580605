"""New requests from outside: who gets in, and the answer to the others (RFC 3261, 8.2)."""

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from cardline.adapters.sip import log
from cardline.adapters.sip.calls.call import Call
from cardline.adapters.sip.calls.party import request_name
from cardline.adapters.sip.signalling import refresh, sdp
from cardline.adapters.sip.signalling.dialogue import sdp_of
from cardline.adapters.sip.signalling.sdp import Media, NoCommonMedia
from cardline.adapters.sip.signalling.stack import ALLOW, REASONS, header
from cardline.core.ids import new_id
from cardline.ports.line.events import Alarm, Incoming

if TYPE_CHECKING:
    from cardline.adapters.sip.process import LineProcess

_KNOWN = {
    *("BYE", "INFO", "MESSAGE", "NOTIFY", "PRACK", "PUBLISH"),
    *("REFER", "SUBSCRIBE", "UPDATE", "OPTIONS"),
}
_SUPPORTED = {"timer"}
_REMEMBERED = 64.0
"""Seconds after which a repeated INVITE is a new one."""
_ALARM_EVERY = 10.0


class Door:
    """Answers every request that belongs to no dialogue."""

    def __init__(self, host: "LineProcess", max_calls: int) -> None:
        self._host = host
        self._max_calls = max_calls
        self._seen: OrderedDict[tuple[str, str, int], float] = OrderedDict()
        self._last_alarm = 0.0

    def request(self, request: Any, transaction: Any) -> Any:
        """Take a request; returns the transaction layer's triple."""
        try:
            return self._judge(request, transaction)
        except Exception as error:  # one caller's odd request must not end the others' calls
            log.note("request refused", f"{request.getMethod()[:20]}: {type(error).__name__}")
            return answer(request, 500)

    def _judge(self, request: Any, transaction: Any) -> Any:
        method = request.getMethod()
        number, named = request.getHFBody("cseq").getCSeq()
        if named != method or number >= 1 << 31 or _hops(request) > 255:
            return answer(request, 400)
        if request.getHFBody("to").getTag() is not None and method != "REGISTER":
            return answer(request, 481)
        if method not in _KNOWN and method not in ("INVITE", "REGISTER"):
            return answer(request, 501, {"Allow": ALLOW})
        unknown = refresh.names(request, "require") - _SUPPORTED
        if unknown:
            return answer(request, 420, {"Unsupported": ", ".join(sorted(unknown))})
        if method == "INVITE":
            return self._invite(request, transaction, int(number))
        if method == "REGISTER":
            return self._host.registrar.register(request)
        if method == "OPTIONS":
            return answer(
                request, 200, {"Allow": ALLOW, "Accept": "application/sdp", "Supported": "timer"}
            )
        if method == "BYE":
            return answer(request, 481)
        return answer(request, 405, {"Allow": ALLOW})

    def _invite(self, request: Any, transaction: Any, number: int) -> Any:
        if request.countHFs("contact") != 1 or request.getHFBody("contact").asterisk:
            return answer(request, 400)
        if self._repeated(request, number):
            return answer(request, 482)
        if self._host.draining:
            return answer(request, 503, {"Retry-After": "5"})
        if len(self._host.calls) >= self._max_calls:
            self._overloaded()
            return answer(request, 503, {"Retry-After": "10"})
        seconds, _ = refresh.read(request)
        if 0 < seconds < refresh.SHORTEST:
            return answer(request, 422, {"Min-SE": str(refresh.SHORTEST)})
        if not _takes_sdp(request):
            return answer(request, 406)
        text = sdp_of(request)
        if text == "":
            return answer(request, 415, {"Accept": "application/sdp"})
        offer: Media | None = None
        if text is not None:
            try:
                offer = sdp.read(text)
            except NoCommonMedia:
                return answer(request, 488)
        return self._begin(request, transaction, offer)

    def _begin(self, request: Any, transaction: Any, offer: Media | None) -> Any:
        user, name = request_name(request)
        to_user = request.getRURI().username or ""
        call = Call(
            self._host,
            new_id("c_"),
            from_user=user,
            to_user=to_user,
            placed=False,
            offer=offer,
        )
        result = call.receive(request, transaction)
        source = request.getSource()
        identity = [str(found.body) for found in request.getHFs("identity")]
        dates = [str(found.body) for found in request.getHFs("date")] if identity else []
        self._host.arrived(
            call,
            Incoming(
                call=call.id,
                at=time.time(),
                from_user=user,
                from_name=name,
                to_user=to_user,
                source=f"{source[0]}:{source[1]}",
                sip_call_id=str(request.getHFBody("call-id")),
                identity="\n".join(identity),
                date=dates[0] if dates else "",
            ),
        )
        return result

    def _repeated(self, request: Any, number: int) -> bool:
        """The same request over another path (RFC 3261, 8.2.2.2), or later than anybody may."""
        now = time.monotonic()
        while self._seen and now - next(iter(self._seen.values())) > _REMEMBERED:
            self._seen.popitem(last=False)
        tag = request.getHFBody("from").getTag() or ""
        key = (str(request.getHFBody("call-id")), tag, number)
        if key in self._seen:
            return True
        self._seen[key] = now
        return False

    def _overloaded(self) -> None:
        now = time.monotonic()
        if now - self._last_alarm > _ALARM_EVERY:
            self._last_alarm = now
            detail = f"{self._max_calls} calls"
            self._host.tell(Alarm(code="overload", detail=detail, at=time.time()))


def answer(request: Any, status: int, headers: dict[str, str] | None = None) -> Any:
    """Make the triple that answers a request at once."""
    reason = "OK" if status == 200 else REASONS.get(status, "Refused")
    response = request.genResponse(status, reason)
    for name, value in (headers or {}).items():
        response.appendHeader(header(name, value))
    return response, None, None


def _hops(request: Any) -> int:
    words = [str(found.body) for found in request.getHFs("max-forwards")]
    return int(words[0]) if words and words[0].strip().isdigit() else 70


def _takes_sdp(request: Any) -> bool:
    """Whether the answer may be SDP (RFC 3261, 20.1: without Accept it may)."""
    types = {kind.partition(";")[0].strip() for kind in refresh.names(request, "accept")}
    return not types or bool(types & {"application/sdp", "application/*", "*/*"})
