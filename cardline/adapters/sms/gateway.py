"""An SMS gateway spoken to by HTTP: JSON in, JSON out, an idempotency key on every request.

Request: ``POST URL`` with ``{"to", "from", "text"}``, ``Authorization: Bearer …`` and
``Idempotency-Key``. Answer: 2xx with ``{"id": "…"}``. 408, 425, 429 and 5xx mean later; every other
status means never.
"""

import asyncio
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

import msgspec

from cardline.core.errors import Invalid
from cardline.core.masking import Secret
from cardline.messages.model import RejectedByGateway

_LATER: Final = frozenset({408, 425, 429})
_MOST_BYTES: Final = 64 * 1024


class GatewayAway(ConnectionError):
    """The gateway cannot be reached or is busy: the message waits for its next turn."""


class _Answer(msgspec.Struct):
    id: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token and the text to somebody else."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class GatewaySms:
    """``ports.Sms`` over HTTP. A short outage is bridged here, a long one by the outbox."""

    def __init__(
        self,
        url: str,
        *,
        token: Secret,
        sender: str,
        timeout_seconds: float = 10.0,
        pauses: tuple[float, ...] = (0.2, 1.0),
    ) -> None:
        """Raises :class:`Invalid` for a URL that is neither HTTPS nor on this machine."""
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
        if parts.scheme != "https" and not local:
            raise Invalid("the address of the SMS gateway must begin with https://")
        self._url = url
        self._token = token
        self._sender = sender
        self._timeout = timeout_seconds
        self._pauses = pauses
        self._opener = urllib.request.build_opener(_NoRedirect())

    async def send(self, *, to: str, text: str, key: str) -> str:
        """Hand over one message. Raises :class:`GatewayAway` or ``RejectedByGateway``."""
        body = msgspec.json.encode({"to": to, "from": self._sender, "text": text})
        for pause in (*self._pauses, None):
            try:
                return await asyncio.to_thread(self._post, body, key)
            except GatewayAway:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    def _post(self, body: bytes, key: str) -> str:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            self._url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._token.reveal()}",
                "Idempotency-Key": key,
            },
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                answer = response.read(_MOST_BYTES)
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
            if status in _LATER or status >= 500:
                raise GatewayAway(f"the SMS gateway answered {status}") from None
            raise RejectedByGateway(f"the SMS gateway answered {status}") from None
        except OSError as error:
            raise GatewayAway(f"the SMS gateway is away: {type(error).__name__}") from None
        try:
            return msgspec.json.decode(answer, type=_Answer).id
        except msgspec.DecodeError:
            # It may have taken the message: the same key again cannot send it twice.
            raise GatewayAway("the SMS gateway answered something that is not understood") from None
