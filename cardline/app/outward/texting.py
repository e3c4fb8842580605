"""The way of short messages: a gateway by HTTP, the carrier by SMPP, or the embedded outbox."""

import os
import ssl
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import structlog

from cardline.adapters.smpp.book import Book, Delivery
from cardline.adapters.smpp.client import Incoming, SmppSms
from cardline.adapters.smpp.options import Address, SmppOptions
from cardline.adapters.sms.gateway import GatewaySms
from cardline.adapters.sms.outbox import OutboxSms
from cardline.app.secrets import installation_key
from cardline.app.settings import Settings, SettingsError, read_address
from cardline.app.wiring import Parts
from cardline.core.clock import utc_now
from cardline.core.masking import Secret
from cardline.core.phone import parse_phone
from cardline.core.transaction import Transaction
from cardline.messages.delivery import find_again, take_receipt
from cardline.messages.inbound import receive_sms
from cardline.ports.messages import Sms

log = structlog.get_logger()

PASSWORD = "CARDLINE_SMPP_PASSWORD"  # noqa: S105 - the name of a variable
_MOST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class Texting:
    """How texts leave; ``smpp`` where it is a session that must be kept."""

    sms: Sms
    smpp: SmppSms | None = None

    def at_once(self) -> int:
        """Return how many messages may be claimed now: none while there is no session.

        So an outage of the carrier, or a second node that may not bind, uses up no tries.
        """
        return 50 if self.smpp is None or self.smpp.bound else 0


def texting(parts: Parts) -> Texting:
    """Return the way of short messages. Raises :class:`SettingsError`."""
    settings = parts.settings
    if settings.smpp:
        smpp = _smpp(parts)
        return Texting(smpp, smpp)
    if not settings.sms_gateway:
        return Texting(OutboxSms(parts.database))
    token = Secret(os.environ.get("CARDLINE_SMS_TOKEN", ""))
    return Texting(GatewaySms(settings.sms_gateway, token=token, sender=settings.sms_inbound))


def smpp_options(settings: Settings) -> SmppOptions:
    """Read what the settings say of the message centre. Raises :class:`SettingsError`."""
    if not settings.smpp_system_id:
        raise SettingsError("smpp is set, but smpp_system_id is not: who we are there")
    address = read_address(settings.smpp, name="smpp")
    tls: ssl.SSLContext | None = None
    if settings.smpp_protection == "tls":
        authorities = settings.home / settings.smpp_ca if settings.smpp_ca else None
        try:
            tls = ssl.create_default_context(cafile=authorities)
        except OSError as error:
            raise SettingsError(f"smpp_ca {authorities}: {error}") from error
    long: dict[str, Literal["udh", "payload"]] = {"udh": "udh", "payload": "payload"}
    ids: dict[str, Literal["same", "decimal"]] = {"same": "same", "decimal": "decimal"}
    return SmppOptions(
        host=address.host,
        port=address.port,
        system_id=settings.smpp_system_id,
        system_type=settings.smpp_system_type,
        source=Address(settings.sms_inbound, settings.smpp_source_ton, settings.smpp_source_npi),
        tls=tls,
        long=long[settings.smpp_long],
        receipt_ids=ids[settings.smpp_receipt_ids],
        window=settings.smpp_window,
    )


def smpp_password(settings: Settings) -> Secret:
    """Return the password of the message centre. Raises :class:`SettingsError`."""
    if settings.smpp_password_file:
        path = settings.home / settings.smpp_password_file
        try:
            written = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"smpp_password_file {path} cannot be read: {error}") from error
    else:
        written = os.environ.get(PASSWORD, "")
    if not written:
        raise SettingsError(
            f"smpp is set, but its password is not: put it into the environment as {PASSWORD}, or "
            "name its file in smpp_password_file"
        )
    if len(written) > _MOST_PASSWORD or not written.isascii():
        raise SettingsError(
            f"the password of smpp must be at most {_MOST_PASSWORD} ASCII characters"
        )
    return Secret(written)


def _smpp(parts: Parts) -> SmppSms:
    async def hear(incoming: Incoming) -> None:
        number = parse_phone(incoming.sender)
        if number is None:
            log.info("a text from what is no telephone number", message=incoming.message)
            return
        async with parts.database.transaction() as tx:
            await receive_sms(
                tx,
                message=incoming.message,
                from_number=number,
                text=incoming.text,
                bank=parts.bank,
                config=parts.identity,
                at=utc_now(),
            )

    async def tell(tx: Transaction, end: Delivery) -> bool:
        return await take_receipt(
            tx,
            key=end.key,
            delivered=end.delivered,
            error=end.error,
            at=utc_now(),
            outcomes=parts.outcomes,
        )

    async def found(key: str, gateway_id: str) -> None:
        await parts.database.run(
            partial(
                find_again,
                key=key,
                gateway_id=gateway_id,
                at=utc_now(),
                outcomes=parts.outcomes,
            )
        )

    settings = parts.settings
    secret = installation_key(settings.home, "smpp")
    return SmppSms(
        smpp_options(settings),
        password=smpp_password(settings),
        book=Book(parts.database, secret=secret, clock=utc_now),
        hear=hear,
        tell=tell,
        found=found,
    )
