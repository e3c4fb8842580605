"""The gateway of the app and the official account: signed JSON with an idempotency key.

Request: ``POST URL`` with ``{"account", "to", "title", "text", "language", "purpose"}`` and the
headers ``Idempotency-Key``, ``X-Cardline-Timestamp`` and ``X-Cardline-Signature``. Answer: 2xx with
``{"id": "…"}``.
"""

import asyncio
from typing import Any

import msgspec

from cardline.adapters.http_gateway import GatewayAway, checked_url, post
from cardline.core.clock import Clock, utc_now
from cardline.core.masking import Secret
from cardline.messages.signing import sign

_WHAT = "the gateway of the app"


class _Answer(msgspec.Struct):
    id: str


class GatewayPush:
    """``ports.Push`` over HTTP; outages are bridged by the outbox."""

    def __init__(
        self, url: str, *, key: Secret, timeout_seconds: float = 10.0, clock: Clock = utc_now
    ) -> None:
        """Raises ``Invalid`` for a URL that is neither HTTPS nor on this machine."""
        self._url = checked_url(url, what=_WHAT)
        self._key = key
        self._timeout = timeout_seconds
        self._clock = clock

    async def send(self, *, message: dict[str, Any], key: str) -> str:
        """Hand over one message. Raises ``GatewayAway`` or ``RejectedByGateway``."""
        body = msgspec.json.encode(message)
        timestamp = str(int(self._clock().timestamp()))
        signature = sign(self._key.reveal().encode(), timestamp=timestamp, body=body)
        headers = {
            "Idempotency-Key": key,
            "X-Cardline-Timestamp": timestamp,
            "X-Cardline-Signature": signature,
        }
        answer = await asyncio.to_thread(
            post, self._url, body, headers=headers, timeout_seconds=self._timeout, what=_WHAT
        )
        try:
            return msgspec.json.decode(answer, type=_Answer).id
        except msgspec.DecodeError:
            # It may have taken the message: the same key again cannot send it twice.
            raise GatewayAway(f"{_WHAT} answered something that is not understood") from None
