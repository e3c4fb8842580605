"""One POST to a gateway of the bank: what its answer means, and what must not happen on the way.

408, 425, 429 and 5xx mean later; every other status but 2xx means never.
"""

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from cardline.core.errors import Invalid
from cardline.messages.model import RejectedByGateway

_LATER: Final = frozenset({408, 425, 429})
_MOST_BYTES: Final = 64 * 1024


class GatewayAway(ConnectionError):
    """The gateway cannot be reached or is busy: the message waits for its next turn."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token and the text to somebody else."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def checked_url(url: str, *, what: str) -> str:
    """Return the URL. Raises :class:`Invalid` where it is neither HTTPS nor on this machine."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not local:
        raise Invalid(f"the address of {what} must begin with https://")
    return url


def post(
    url: str, body: bytes, *, headers: Mapping[str, str], timeout_seconds: float, what: str
) -> bytes:
    """Post JSON and return the answer; blocks. Raises ``GatewayAway`` or ``RejectedByGateway``."""
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked by checked_url
        url, data=body, method="POST", headers={"Content-Type": "application/json", **headers}
    )
    opener = urllib.request.build_opener(_NoRedirect())
    try:
        with opener.open(request, timeout=timeout_seconds) as response:
            answer: bytes = response.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        status = error.code
        error.close()
        if status in _LATER or status >= 500:
            raise GatewayAway(f"{what} answered {status}") from None
        raise RejectedByGateway(f"{what} answered {status}") from None
    except OSError as error:
        raise GatewayAway(f"{what} is away: {type(error).__name__}") from None
    return answer
