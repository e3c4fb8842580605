"""``ports.Mail`` by SMTP (RFC 5321): the bank's relay, which signs with DKIM and delivers.

Whether the relay takes a message is final only with its answer to the whole of it: until then
everything is tried again. A relay that took it and whose answer was lost gets it twice, with the
same Message-ID.
"""

import ssl
from dataclasses import dataclass
from typing import Literal

import aiosmtplib

from cardline.core.masking import Secret
from cardline.messages.mail.model import AddressRejected
from cardline.messages.model import RejectedByGateway

Protection = Literal["starttls", "tls", "none"]

_LOG_IN = frozenset({530, 534, 535, 538})
"""The relay does not know us: that is ours to mend, and no fault of the e-mail."""


class RelayAway(ConnectionError):
    """The relay cannot be reached, is busy or does not know us: the e-mail waits."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where the relay is and how we speak to it; ``authorities``: PEM file of those to trust."""

    host: str
    port: int
    protection: Protection = "starttls"
    user: str = ""
    authorities: str = ""
    local_name: str = ""
    timeout_seconds: float = 30.0


class RelayMail:
    """One connection for each e-mail, so that no fault of one is another's."""

    def __init__(self, relay: Relay, *, password: Secret) -> None:
        self._relay = relay
        self._password = password
        self._tls = ssl.create_default_context(cafile=relay.authorities or None)

    async def send(self, *, envelope: str, to: str, message: bytes, key: str) -> str:
        """Hand over one e-mail.

        Raises :class:`RelayAway`, ``AddressRejected`` and ``RejectedByGateway``.
        """
        relay = self._relay
        client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.protection == "tls",
            start_tls=relay.protection == "starttls",
            tls_context=None if relay.protection == "none" else self._tls,
            local_hostname=relay.local_name or None,
            timeout=relay.timeout_seconds,
        )
        try:
            await client.connect()
            if relay.user:
                await client.login(relay.user, self._password.reveal())
            _, said = await client.sendmail(envelope, [to], message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0], of_address=True) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(error, of_address=False) from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # The name of the fault alone: its words may hold what we sent.
            raise RelayAway(f"the mail relay is away: {type(error).__name__}") from None
        finally:
            client.close()
        return said[:200]


def _refused(error: aiosmtplib.SMTPResponseException, *, of_address: bool) -> Exception:
    """Later for 4xx and whatever is ours to mend, never for 5xx (RFC 5321, 4.2.1)."""
    if error.code < 500 or error.code in _LOG_IN:
        return RelayAway(f"the mail relay answered {error.code}")
    # 550 to an address may also be a policy against us (5.7.x): that is not the address's fault.
    if of_address and not error.message.startswith("5.7."):
        return AddressRejected(f"the mail relay answered {error.code} to the address")
    return RejectedByGateway(f"the mail relay answered {error.code}")
