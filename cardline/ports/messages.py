"""The ways of messages out of the house."""

from typing import Any, Protocol


class Sms(Protocol):
    """A gateway for short messages."""

    async def send(self, *, to: str, text: str, key: str) -> str:
        """Hand over one message, once for a ``key``; returns the gateway's id. Raises
        ``RejectedByGateway`` (never) or ``FateUnknown`` (nobody knows); all else means later."""


class Mail(Protocol):
    """The way of e-mail out of the house: a relay of the bank, or a folder."""

    async def send(self, *, envelope: str, to: str, message: bytes, key: str) -> str:
        """Hand over one whole message (RFC 5322); ``envelope``: to whom it comes back.

        Raises ``RejectedByGateway`` or ``AddressRejected`` where the relay never will take it.
        """
        ...


class Push(Protocol):
    """The bank's app or its official account, behind the bank's own gateway; as :class:`Sms`."""

    async def send(self, *, message: dict[str, Any], key: str) -> str: ...
