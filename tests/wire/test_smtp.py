"""E-mail on the wire: our sender against a server that misbehaves, a real client at our door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from cardline.adapters.smtp.door import Door, open_door
from cardline.adapters.smtp.relay import Relay, RelayAway, RelayMail
from cardline.core.masking import Secret
from cardline.messages.mail.model import AddressRejected
from cardline.messages.model import RejectedByGateway

ENVELOPE = "bounces+0123456789@card.bank.example"
MESSAGE = b"From: a@card.bank.example\r\nSubject: x\r\n\r\nhello\r\n"


class Server:
    """A relay that answers as the test says."""

    def __init__(self, *, rcpt: str = "", data: str = "250 2.0.0 queued as 1") -> None:
        self.rcpt, self.data = rcpt, data
        self.taken: list[Any] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data == "drop":
            server.transport.close()
            return "250 never heard"
        if self.data == "slow":
            await asyncio.sleep(30)
        self.taken.append(envelope)
        return self.data


@asynccontextmanager
async def serving(handler: Any) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="relay.example", loop=loop), "127.0.0.1", 0
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def relay(port: int, *, seconds: float = 5.0, **more: Any) -> RelayMail:
    where = Relay("127.0.0.1", port, protection="none", timeout_seconds=seconds, **more)
    return RelayMail(where, password=Secret("secret"))


async def hand_over(mail: RelayMail) -> str:
    return await mail.send(envelope=ENVELOPE, to="zhang@example.com", message=MESSAGE, key="k")


async def test_a_relay_takes_the_very_bytes_and_the_envelope() -> None:
    server = Server()
    async with serving(server) as port:
        assert "queued as 1" in await hand_over(relay(port))
    (envelope,) = server.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (ENVELOPE, ["zhang@example.com"])
    assert envelope.original_content == MESSAGE


@pytest.mark.parametrize(
    ("rcpt", "data", "fault"),
    [
        ("450 4.2.1 busy", "250 ok", RelayAway),
        ("550 5.1.1 no such user", "250 ok", AddressRejected),
        ("550 5.7.1 you are blocked", "250 ok", RejectedByGateway),
        ("", "451 4.3.0 later", RelayAway),
        ("", "554 5.6.0 never", RejectedByGateway),
        ("", "drop", RelayAway),
    ],
)
async def test_later_for_4xx_and_never_for_5xx(
    rcpt: str, data: str, fault: type[Exception]
) -> None:
    async with serving(Server(rcpt=rcpt, data=data)) as port:
        with pytest.raises(fault) as raised:
            await hand_over(relay(port))
    assert type(raised.value) is fault


async def test_a_relay_that_is_slow_or_away_is_tried_again_later() -> None:
    async with serving(Server(data="slow")) as port:
        with pytest.raises(RelayAway):
            await hand_over(relay(port, seconds=0.5))
    with pytest.raises(RelayAway):
        await hand_over(relay(port))


async def test_a_password_never_goes_over_a_line_in_clear_and_never_into_a_fault() -> None:
    async with serving(Server()) as port:
        where = Relay("127.0.0.1", port, protection="starttls", user="cardline")
        with pytest.raises(RelayAway) as raised:  # it offers no STARTTLS
            await hand_over(RelayMail(where, password=Secret("secret")))
    assert "secret" not in str(raised.value)


# ---------------------------------------------------------------- our own door


class Box:
    """What the door hands to us."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.taken: list[tuple[bytes, str, list[str]]] = []

    async def take(self, raw: bytes, envelope: str, recipients: list[str]) -> None:
        if self.fault:
            raise self.fault
        self.taken.append((raw, envelope, recipients))


def door(box: Box, *, most_bytes: int = 1_000_000, most: int = 5) -> Door:
    return Door(
        host="127.0.0.1",
        port=0,
        name="card.bank.example",
        most_bytes=most_bytes,
        most_connections=most,
        accepts=lambda address: address.endswith("@card.bank.example"),
        take=box.take,
    )


async def deliver(port: int, *to: str, message: bytes = MESSAGE) -> None:
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, start_tls=False, timeout=10
    ) as client:
        await client.sendmail("zhang@example.com", list(to), message)


async def test_a_client_delivers_and_is_told_250_when_it_is_kept() -> None:
    box = Box()
    async with open_door(door(box)) as port:
        await deliver(port, "service@card.bank.example")
    assert box.taken == [(MESSAGE, "zhang@example.com", ["service@card.bank.example"])]


async def test_the_door_is_no_relay() -> None:
    async with open_door(door(Box())) as port:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await deliver(port, "somebody@elsewhere.example")
    assert refused.value.recipients[0].code == 550


async def test_what_could_not_be_kept_is_brought_again() -> None:
    async with open_door(door(Box(ConnectionError()))) as port:
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await deliver(port, "service@card.bank.example")
    assert refused.value.code == 451


async def test_25_megabytes_come_in_and_more_are_refused_before_they_are_sent() -> None:
    box = Box()
    size = 25 * 1024 * 1024
    line = b"x" * 76 + b"\r\n"
    async with open_door(door(box, most_bytes=size)) as port:
        await deliver(port, "s@card.bank.example", message=MESSAGE + line * 330_000)
        with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
            await deliver(port, "s@card.bank.example", message=MESSAGE + line * 340_000)
    assert refused.value.code == 552
    assert [len(raw) > 25_000_000 for raw, _, _ in box.taken] == [True]


async def test_more_connections_than_allowed_are_asked_to_come_back() -> None:
    async with open_door(door(Box(), most=1)) as port:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False):
            with pytest.raises(aiosmtplib.SMTPException):
                await deliver(port, "s@card.bank.example")
        await asyncio.sleep(0)
        await deliver(port, "s@card.bank.example")
