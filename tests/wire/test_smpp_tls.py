"""SMPP over TLS: the carrier proves its name before it hears ours, and hears nothing otherwise."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cardline.adapters.postgres.database import Database
from cardline.adapters.smpp.options import SmppOptions
from cardline.adapters.smpp.session import Timing
from cardline.app.operation.doctor import _smpp as looked_at
from cardline.app.outward.texting import PASSWORD as PASSWORD_VARIABLE
from cardline.app.outward.texting import smpp_options
from cardline.app.settings import Settings, load_settings
from tests.journeys.program import until
from tests.wire.certificates import DAY, Authority, authority
from tests.wire.smsc import PASSWORD, Smsc, smsc
from tests.wire.test_smpp import connected


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return authority(tmp_path / "ours", "The carrier's authority")


def settings(centre: Smsc, home: Path, trusts: Authority | None, host: str) -> Settings:
    """What an operator writes: TLS is what holds where nothing is said of it."""
    given = {"home": home, "smpp": f"{host}:{centre.port}", "smpp_system_id": "cardline"}
    given |= {"smpp_ca": trusts.file} if trusts else {}
    return load_settings(given, environment={})


def options(
    centre: Smsc, home: Path, trusts: Authority | None, host: str = "localhost"
) -> SmppOptions:
    """The client as the settings make it, in more of a hurry."""
    made = smpp_options(settings(centre, home, trusts, host))
    return replace(made, pauses=(0.02, 0.05), timing=Timing(answer=2.0, quiet=30.0))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_a_centre_that_proves_its_name_gets_the_text_over_tls(
    ours: Authority, database: Database, tmp_path: Path, name: str
) -> None:
    async with smsc(ours.certify(name)) as centre:
        given = options(centre, tmp_path, ours, name)
        async with connected(centre, database, given) as client:
            await client.bound()
            await client.send("您的卡已冻结", key="a")
            assert await centre.deliver("8615400000000", "T") == 0
            await until(lambda: client.heard, within=10, what="the text that came in")
        assert [one.text for one in centre.took] == ["您的卡已冻结"]
        assert centre.binds == [("cardline", PASSWORD)]


@pytest.mark.parametrize("fault", ["another name", "a stranger", "ended", "no authority"])
async def test_a_centre_that_proves_nothing_is_told_neither_password_nor_text(
    ours: Authority, database: Database, tmp_path: Path, fault: str
) -> None:
    who = authority(tmp_path / "theirs", "Somebody") if fault == "a stranger" else ours
    name = "smsc.elsewhere.example" if fault == "another name" else "localhost"
    shown = who.certify(name, lasts=-DAY if fault == "ended" else DAY)
    async with smsc(shown) as centre:
        given = options(centre, tmp_path, None if fault == "no authority" else ours)
        with capture_logs() as logged:
            async with connected(centre, database, given) as client:

                def tries() -> list[str]:
                    return [one["why"] for one in logged if one["event"] == "no SMPP session"]

                await until(lambda: len(tries()) >= 2, within=20, what="the second refusal")
                assert not client.sms.bound
    assert set(tries()) == {"cannot connect: SSLCertVerificationError"}
    assert (centre.binds, centre.took) == ([], [])


async def test_what_a_centre_without_tls_hears_is_a_greeting_of_tls_and_nothing_of_ours(
    ours: Authority, database: Database, tmp_path: Path
) -> None:
    heard = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await reader.read(4096):
            heard.extend(octets)
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with smsc() as centre, server:
        centre.port = server.sockets[0].getsockname()[1]
        given = replace(options(centre, tmp_path, ours), timing=Timing(answer=0.5, quiet=30.0))
        with capture_logs() as logged:
            async with connected(centre, database, given) as client:
                await until(lambda: logged, within=20, what="a refusal")
                assert not client.sms.bound
    assert heard[:2] == b"\x16\x03", "a TLS record that shakes hands"
    assert PASSWORD.encode() not in heard
    assert b"cardline" not in heard


async def test_the_doctor_says_by_which_way_the_centre_answers_and_why_it_does_not(
    ours: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    async with smsc(ours.certify("localhost")) as centre:
        for host, trusts, ok, says in (
            ("localhost", ours, True, "by TLS"),
            ("127.0.0.1", ours, False, "127.0.0.1"),
            ("localhost", None, False, "localhost"),
        ):
            found = await asyncio.to_thread(looked_at, settings(centre, tmp_path, trusts, host))
            assert found.ok is ok, found
            assert says in found.detail
    assert centre.binds == []


def test_a_file_that_is_no_authority_is_named_on_starting(tmp_path: Path) -> None:
    centre = Smsc(port=1)
    (tmp_path / "broken.pem").write_text("no certificate")
    for name in ("broken.pem", "missing.pem"):
        given = settings(centre, tmp_path, None, "localhost")
        with pytest.raises(Exception, match=name):
            smpp_options(replace(given, smpp_ca=name))
