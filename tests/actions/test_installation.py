"""What an installation leaves on the machine, and what it refuses to be put on."""

from pathlib import Path

import pytest

from cardline.app.demo.bank import RealBank, make_bank
from cardline.app.settings import Settings, load_settings
from cardline.app.wiring import open_parts
from tests.store.ledger_fixture import fill


def test_nothing_answers_beyond_this_machine_unless_it_is_asked_to() -> None:
    settings = Settings()
    assert settings.http.host == "127.0.0.1"
    assert settings.sip.host == "127.0.0.1"
    assert settings.trusted_sources == settings.phone_networks == "127.0.0.0/8"
    assert settings.chat_sites == ""


async def test_home_and_keys_are_for_their_owner_alone(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = load_settings({"home": home, "database": database_url}, environment={})
    async with open_parts(settings):
        pass
    assert home.stat().st_mode & 0o777 == 0o700
    found = [path for path in home.rglob("*") if path.is_file()]
    assert len(found) >= 3
    for path in found:
        assert path.stat().st_mode & 0o077 == 0, path
    home.chmod(0o755)
    async with open_parts(settings):
        pass
    assert home.stat().st_mode & 0o777 == 0o755, "an operator's own choice stands"


async def test_nobody_is_hired_before_somebody_is(database_url: str, tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path, "database": database_url}, environment={})
    async with open_parts(settings) as parts, parts.database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT count(*) FROM staff")
        assert await cursor.fetchone() == (0,)


async def test_the_demonstration_is_not_put_beside_real_holders(
    database_url: str, tmp_path: Path
) -> None:
    settings = load_settings({"home": tmp_path, "database": database_url}, environment={})
    async with open_parts(settings) as parts:
        async with parts.database.transaction() as tx:
            await fill(tx)
        with pytest.raises(RealBank, match="holders of its own"):
            await make_bank(parts)
        async with parts.database.transaction() as tx:
            cursor = await tx.connection.execute(
                "SELECT (SELECT count(*) FROM staff), (SELECT count(*) FROM bank_holder)"
            )
            assert await cursor.fetchone() == (0, 1)
