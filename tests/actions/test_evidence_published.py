"""Anybody can fetch the signed roots and check later that the bank has not rewritten them."""

from datetime import timedelta
from pathlib import Path

from cardline.app.evidence.roots import published_file, read_file, seal, sealing_fault
from cardline.core.clock import utc_now
from cardline.core.transaction import Transaction
from cardline.evidence import verifying
from cardline.evidence.publishing import read_published
from cardline.evidence.statements import comes_after, is_by
from tests.actions.whole_application import whole_application


async def test_roots_are_published_and_kept_beside_the_database(
    database_url: str, tmp_path: Path
) -> None:
    async with whole_application(database_url, tmp_path) as whole:
        parts = whole.running.parts
        assert await seal(parts, at=utc_now())
        assert not await seal(parts, at=utc_now()), "once an hour"
        assert await seal(parts, at=utc_now(), due_only=False)
        answer = await whole.client().get("/evidence/roots")
        assert answer.status_code == 200
        told = read_published(answer.content.splitlines())
        assert list(told.roots) == [1, 2]
        first, second = told.roots.values()
        assert comes_after(first, None)
        assert comes_after(second, first)
        assert all(is_by(root, told.keys[root.key]) for root in (first, second))
        later = await whole.client().get("/evidence/roots?after=1")
        assert list(read_published(later.content.splitlines()).roots) == [2]
        assert (await whole.client().get("/evidence/roots?after=x")).status_code == 422
        file = published_file(parts)
        assert read_file(file) == told
        assert file.stat().st_mode & 0o777 == 0o600
        assert await sealing_fault(parts, at=utc_now()) == ""
        assert "clock is behind" in await sealing_fault(parts, at=utc_now() - timedelta(hours=1))
        with file.open("ab") as torn:
            torn.write(b'{"root":"half of a li')
        assert read_file(file) == told, "the machine went down while it was written"
        assert await seal(parts, at=utc_now(), due_only=False)
        lines = file.read_bytes().splitlines(keepends=True)
        assert [line.endswith(b"\n") for line in lines] == [True] * 4
        assert list(read_file(file).roots) == [1, 2, 3]

        async def verified(tx: Transaction) -> verifying.Report:
            return await verifying.verify(tx, published=told)

        assert (await parts.database.run(verified)).breaches == []
