"""Fixtures that all tests share: a real PostgreSQL, one empty migrated database for each test."""

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.adapters.postgres.privileges import APPLICATION

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"

settings.register_profile(
    "patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
"""How quick a crowded machine is says nothing about a rule."""

_ROOM = 2 * 1024**3
"""Free bytes that make a folder in memory worth it; a whole run takes a tenth of them."""
_counter = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for the whole run with a migrated template; gives its connection string."""
    with _quick_folder(tmp_path_factory) as folder, asyncio.Runner() as runner:
        server = EmbeddedPostgres(folder)
        runner.run(server.__aenter__())
        runner.run(migrate(server.url, application=APPLICATION))
        with psycopg.connect(_admin(server.url), autocommit=True) as connection:
            connection.execute("ALTER DATABASE cardline RENAME TO template_cardline")
            # Nobody minds what a crash of this machine would do to it: no disk is waited for.
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.url
        runner.run(server.__aexit__())


@contextmanager
def _quick_folder(factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is room: a new database is some 700 files, and goes again."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        with TemporaryDirectory(prefix="cardline-tests-", dir=memory) as folder:
            yield Path(folder)
    else:
        yield factory.mktemp("pg")


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """An empty migrated database of its own, as its owner."""
    name = f"test_{next(_counter)}"
    with psycopg.connect(_admin(postgres), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_cardline STRATEGY file_copy")
    yield postgres.replace("/cardline?", f"/{name}?")
    with psycopg.connect(_admin(postgres), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def application_url(database_url: str) -> str:
    """The same database, as the application: it owns nothing."""
    return database_url.replace("//cardline@", f"//{APPLICATION}@")


@pytest.fixture
async def database(application_url: str) -> AsyncIterator[Database]:
    """An open pool on an empty migrated database, with the rights that the application has."""
    async with Database(application_url) as database:
        yield database


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data; a test that needs it says so where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets (../shared/data) are not beside this checkout")
    return SHARED_DATA


def _admin(url: str) -> str:
    return url.replace("/cardline?", "/postgres?")
