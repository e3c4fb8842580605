"""The embedded server: shared by who uses one home, and gone without a trace with the last."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from psycopg import AsyncConnection

from cardline.adapters.postgres.embedded import EmbeddedPostgres

LONGEST_SOCKET = 107
"""Bytes of the path of a socket, as the kernel wants it."""


async def answers(url: str) -> bool:
    async with await AsyncConnection.connect(url) as connection:
        return await (await connection.execute("SELECT 1")).fetchone() == (1,)


def kept(folder: Path) -> bool:
    return folder.exists()


async def test_a_home_deep_in_the_tree_has_a_server_that_two_share_and_nothing_stays(
    tmp_path: Path,
) -> None:
    home = tmp_path / ("a-long-name-" * 8) / "home"
    async with EmbeddedPostgres(home) as server:
        socket = Path(parse_qs(urlsplit(server.url).query)["host"][0])
        assert len(str(socket / ".s.PGSQL.5432")) <= LONGEST_SOCKET
        assert not socket.is_relative_to(home)
        async with EmbeddedPostgres(home) as second:
            assert await answers(second.url)
        assert await answers(server.url), "whoever leaves first does not take it away"
        assert kept(socket)
    assert server.pid is None
    assert not kept(socket)
