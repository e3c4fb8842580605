"""Handing e-mail to the relay over TLS: real certificates of an authority made here."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from cardline.adapters.smtp.relay import Protection, Relay, RelayAway, RelayMail
from cardline.core.masking import Secret
from tests.wire.certificates import DAY, Authority, authority

MESSAGE = b"From: a@card.bank.example\r\nSubject: x\r\n\r\nhello\r\n"


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return authority(tmp_path / "ours", "The bank's authority")


class Taken:
    """What a relay took, and whether the line was protected then."""

    def __init__(self) -> None:
        self.messages: list[tuple[bytes, bool]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append((envelope.original_content, session.ssl is not None))
        return "250 2.0.0 queued as 1"


@asynccontextmanager
async def serving(
    handler: Taken, context: ssl.SSLContext | None, *, at_once: bool = False
) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            handler, hostname="relay", loop=loop, tls_context=None if at_once else context
        ),
        "127.0.0.1",
        0,
        ssl=context if at_once else None,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def hand_over(
    port: int, *, protection: Protection, trusts: Authority | None, host: str = "localhost"
) -> str:
    relay = Relay(
        host,
        port,
        protection=protection,
        authorities=trusts.file if trusts else "",
        timeout_seconds=5.0,
    )
    mail = RelayMail(relay, password=Secret(""))
    return await mail.send(envelope="b@bank.example", to="z@example.com", message=MESSAGE, key="k")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("protection", ["starttls", "tls"])
async def test_a_relay_that_proves_its_name_gets_the_email_over_tls(
    ours: Authority, protection: Protection, name: str
) -> None:
    taken = Taken()
    async with serving(taken, ours.certify(name), at_once=protection == "tls") as port:
        said = await hand_over(port, protection=protection, trusts=ours, host=name)
    assert "queued as 1" in said
    ((message, protected),) = taken.messages
    assert message == MESSAGE
    assert protected or protection == "tls"


@pytest.mark.parametrize("protection", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["another name", "a stranger", "ended"])
async def test_a_relay_that_proves_nothing_gets_nothing_and_the_email_waits(
    ours: Authority, tmp_path: Path, protection: Protection, fault: str
) -> None:
    who = authority(tmp_path / "theirs", "Somebody") if fault == "a stranger" else ours
    name = "relay.elsewhere.example" if fault == "another name" else "localhost"
    context = who.certify(name, lasts=-DAY if fault == "ended" else DAY)
    taken = Taken()
    async with serving(taken, context, at_once=protection == "tls") as port:
        with pytest.raises(RelayAway):
            await hand_over(port, protection=protection, trusts=ours)
    assert taken.messages == []


async def test_authorities_of_the_world_do_not_vouch_for_a_relay_of_the_banks_own(
    ours: Authority,
) -> None:
    """Without ``mail_relay_ca`` those of this machine are trusted, and no others."""
    taken = Taken()
    async with serving(taken, ours.certify("localhost")) as port:
        with pytest.raises(RelayAway):
            await hand_over(port, protection="starttls", trusts=None)
    assert taken.messages == []


async def test_a_relay_that_offers_no_tls_gets_nothing_in_clear_but_where_the_setting_says_so(
    ours: Authority,
) -> None:
    """Whoever takes STARTTLS out of the relay's answer on the way must not read the e-mail."""
    taken = Taken()
    async with serving(taken, None) as port:
        for protection in ("starttls", "tls"):
            with pytest.raises(RelayAway):
                await hand_over(port, protection=protection, trusts=ours)
        assert taken.messages == []
        assert "queued as 1" in await hand_over(port, protection="none", trusts=None)
    assert taken.messages == [(MESSAGE, False)]
