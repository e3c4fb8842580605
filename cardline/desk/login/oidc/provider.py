"""What is asked of the bank's own log-in; an adapter implements it (row F4)."""

from typing import Protocol

import msgspec

from cardline.core.errors import CardlineError
from cardline.core.masking import Secret


class ProviderAway(CardlineError):
    """The bank's log-in service cannot be asked now."""

    code = "provider-away"


class ProviderRefused(CardlineError):
    """The bank's log-in service gave no answer that can be believed; the message says why."""

    code = "provider-refused"


class IdentityAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of who has just logged in there."""

    number: str
    """Staff number."""
    methods: frozenset[str]
    """How it was proven: authentication method references (RFC 8176), for example ``mfa``."""


class IdentityProvider(Protocol):
    """The bank's own log-in (OpenID Connect): staff need no password of ours."""

    async def authorisation(
        self, *, redirect: str, state: Secret, nonce: Secret, verifier: Secret
    ) -> str:
        """Return the address to which the browser is sent.

        Raises :class:`ProviderAway` and :class:`ProviderRefused`, as :meth:`assertion` does.
        """
        ...

    async def assertion(
        self, *, redirect: str, code: Secret, nonce: Secret, verifier: Secret
    ) -> IdentityAssertion:
        """Exchange the code with which the browser came back for who it is."""
        ...
