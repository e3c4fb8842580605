"""Codes of authenticators, each typed once in a run: a server takes none twice (RFC 6238, 5.2)."""

import base64
from datetime import UTC, datetime

from cardline.desk.login.totp import code_of, step_of
from tests.journeys.program import until

_AHEAD = 1
"""Steps of 30 s by which an authenticator's clock may be fast."""
_NEXT = 35.0
_typed: dict[tuple[str, str], int] = {}


async def next_code(server: str, secret: str) -> str:
    """Return a code that this server has not had; waits for the next where all were used."""
    last = _typed.get((server, secret), 0)
    await until(lambda: _now() + _AHEAD > last, within=_NEXT, what="a code that was not used")
    step = max(_now(), last + 1)
    _typed[server, secret] = step
    return code_of(base64.b32decode(secret + "=" * (-len(secret) % 8)), step)


def _now() -> int:
    return step_of(datetime.now(UTC))
