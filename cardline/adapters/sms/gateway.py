"""An SMS gateway spoken to by HTTP: JSON in, JSON out, an idempotency key on every request.

Request: ``POST URL`` with ``{"to", "from", "text"}``, ``Authorization: Bearer …`` and
``Idempotency-Key``. Answer: 2xx with ``{"id": "…"}``. 408, 425, 429 and 5xx mean later; every other
status means never.
"""

import asyncio

import msgspec

from cardline.adapters.http_gateway import GatewayAway, checked_url, post
from cardline.core.masking import Secret


class _Answer(msgspec.Struct):
    id: str


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
        self._url = checked_url(url, what="the SMS gateway")
        self._token = token
        self._sender = sender
        self._timeout = timeout_seconds
        self._pauses = pauses

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
        headers = {"Authorization": f"Bearer {self._token.reveal()}", "Idempotency-Key": key}
        answer = post(
            self._url,
            body,
            headers=headers,
            timeout_seconds=self._timeout,
            what="the SMS gateway",
        )
        try:
            return msgspec.json.decode(answer, type=_Answer).id
        except msgspec.DecodeError:
            # It may have taken the message: the same key again cannot send it twice.
            raise GatewayAway("the SMS gateway answered something that is not understood") from None
