"""Every way out of the house but the telephone: what it needs, and the loops that keep it going."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from cardline.adapters.app.folder import PushFolder
from cardline.adapters.app.gateway import GatewayPush
from cardline.adapters.paper.folder import PrintFolder
from cardline.adapters.smtp.door import Door, serve_door
from cardline.adapters.smtp.folder import MailFolder
from cardline.adapters.smtp.relay import Protection, Relay, RelayMail
from cardline.app.outward.texting import texting
from cardline.app.settings import Settings, SettingsError, read_address
from cardline.app.wiring import Parts
from cardline.core.clock import utc_now
from cardline.core.masking import Secret
from cardline.messages import actions as messages
from cardline.messages.hooks import actions as app_messages
from cardline.messages.hooks.model import WAKE_CHANNEL as APP_WAKE
from cardline.messages.letters import printing
from cardline.messages.letters.model import WAKE_CHANNEL as LETTERS_WAKE
from cardline.messages.mail import actions as mails
from cardline.messages.mail.inbound import accepts, receive
from cardline.messages.mail.model import WAKE_CHANNEL as MAIL_WAKE
from cardline.messages.model import WAKE_CHANNEL as SMS_WAKE
from cardline.ports.messages import Mail, Push

log = structlog.get_logger()

TICK_SECONDS = 2.0
_PROTECTIONS: dict[str, Protection] = {"starttls": "starttls", "tls": "tls", "none": "none"}


async def send_for_ever(parts: Parts) -> None:
    """Hand over what stands in every outbox, at once and again every few seconds."""
    way, mail = texting(parts), mail_way(parts.settings)
    push = _push(parts.settings)
    printer = PrintFolder(parts.settings.print_path)

    async def texts() -> None:
        await messages.dispatch(
            parts.database,
            way.sms,
            config=parts.identity.sms,
            clock=utc_now,
            outcomes=parts.outcomes,
            limit=way.at_once(),
        )

    async def mail_out() -> None:
        await mails.dispatch(parts.database, mail, config=parts.mail, clock=utc_now)

    async def letters() -> None:
        await printing.dispatch(
            parts.database, printer, parts.typesetter, config=parts.letters, clock=utc_now
        )

    async def app_out() -> None:
        await app_messages.dispatch(parts.database, push, config=parts.app_messages, clock=utc_now)

    async with asyncio.TaskGroup() as group:
        if way.smpp is not None:
            group.create_task(way.smpp.run())
        for channel, work in (
            (SMS_WAKE, texts),
            (MAIL_WAKE, mail_out),
            (LETTERS_WAKE, letters),
            (APP_WAKE, app_out),
        ):
            group.create_task(_keep(parts, channel, work))


async def take_mail_in(parts: Parts) -> None:
    """Keep the door for e-mail open, where one is set. Raises :class:`SettingsError`."""
    settings = parts.settings
    if not settings.mail_in:
        return
    address = read_address(settings.mail_in, name="mail_in")

    async def take(raw: bytes, envelope: str, recipients: list[str]) -> None:
        await receive(raw, envelope=envelope, recipients=recipients, desk_=parts.mail_desk)

    door = Door(
        host=address.host,
        port=address.port,
        name=parts.mail.domain,
        most_bytes=parts.mail_desk.policy.mail_bytes,
        most_connections=parts.mail_desk.policy.connections,
        accepts=lambda recipient: accepts(recipient, parts.mail),
        take=take,
    )
    try:
        await serve_door(door)
    except OSError as error:
        raise SettingsError(f"mail_in {address}: {error.strerror}") from error


async def _keep(parts: Parts, channel: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do ``work`` whenever the channel says so, and every few seconds in any case."""
    wake = asyncio.Event()

    async def hear() -> None:
        async for _ in parts.database.listen(channel):
            wake.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(hear())
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await wake.wait()
            wake.clear()
            try:
                await work()
            except Exception:
                log.exception("messages could not be sent; trying again", channel=channel)
                await asyncio.sleep(1)


def _push(settings: Settings) -> Push:
    if not settings.app_gateway:
        return PushFolder(settings.home / "app" / "out")
    key = Secret(os.environ.get("CARDLINE_APP_KEY", ""))
    if not key:
        raise SettingsError(
            "app_gateway is set, but CARDLINE_APP_KEY is not: put the key with which messages are "
            "signed into the environment"
        )
    return GatewayPush(settings.app_gateway, key=key)


def mail_way(settings: Settings) -> Mail:
    """Return the way of e-mail: the relay, or the folder where none is set.

    Raises :class:`SettingsError` where the password of the relay is missing or cannot be read.
    """
    if not settings.mail_relay:
        return MailFolder(settings.home / "mail" / "out")
    address = read_address(settings.mail_relay, name="mail_relay")
    password = _password(settings)
    if settings.mail_relay_user and not password:
        raise SettingsError(
            "mail_relay_user is set, but its password is not: put it into the environment as "
            "CARDLINE_MAIL_PASSWORD, or name its file in mail_password_file"
        )
    relay = Relay(
        host=address.host,
        port=address.port,
        protection=_PROTECTIONS[settings.mail_relay_protection],
        user=settings.mail_relay_user,
        authorities=str(settings.home / settings.mail_relay_ca) if settings.mail_relay_ca else "",
        local_name=settings.mail_address.rpartition("@")[2],
    )
    return RelayMail(relay, password=password)


def _password(settings: Settings) -> Secret:
    if not settings.mail_password_file:
        return Secret(os.environ.get("CARDLINE_MAIL_PASSWORD", ""))
    path = settings.home / settings.mail_password_file
    try:
        return Secret(Path(path).read_text(encoding="utf-8").strip())
    except OSError as error:
        raise SettingsError(f"mail_password_file {path}: {error.strerror}") from error
