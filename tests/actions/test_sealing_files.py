"""Files from before sealing are sealed where they lie, wherever it was cut off before."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import NotFound
from cardline.evidence.sealing.model import Sealed
from cardline.messages import files as file_actions
from cardline.messages.file_model import StoredFile
from cardline.messages.file_sealing import seal_old_files
from tests.actions.old_house import NOW, YOUNG, OldHouse


@pytest.fixture
def house(database: Database, tmp_path: Path) -> OldHouse:
    return OldHouse(database, tmp_path)


async def in_the_clear(house: OldHouse) -> StoredFile:
    whole = house.files
    house.files = replace(whole, sealer=None)
    kept: StoredFile = await house.file("i1", YOUNG)
    house.files = whole
    assert on_disk(house, kept) == b"what was sent"
    return kept


def on_disk(house: OldHouse, file: StoredFile) -> bytes:
    return (house.folder / "files" / file.path).read_bytes()


async def read(house: OldHouse, file: StoredFile) -> bytes:
    async with house.database.transaction() as tx:
        found = await file_actions.find(tx, file.id, owner=file.owner)
    return await file_actions.read(house.files, found)


async def seal(house: OldHouse) -> Sealed:
    return await seal_old_files(house.database, house.files, clock=house.clock)


async def test_an_old_file_is_sealed_once_and_read_as_before(house: OldHouse) -> None:
    file, newer = await in_the_clear(house), await house.file("i1", YOUNG)
    before = on_disk(house, newer)
    done = await asyncio.gather(seal(house), seal(house))
    assert sum(one.sealed for one in done) == 1
    assert b"what was sent" not in on_disk(house, file)
    assert await read(house, file) == b"what was sent"
    assert on_disk(house, newer) == before
    assert await seal(house) == Sealed()
    assert await house.ask("SELECT count(*) FROM sealed_key WHERE name = %s", _name(file)) == [1]
    assert await house.ask("SELECT body FROM journal WHERE kind = 'file.sealed'") == [
        {"file": file.id}
    ]


async def test_one_that_was_cut_off_at_any_place_is_finished(
    house: OldHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await in_the_clear(house)

    def fails(*_: Any) -> bool:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as full, pytest.raises(OSError, match="no space"):
        full.setattr(house.shelf, "replace", fails)
        await seal(house)
    # Its key is kept and it still lies in the clear: it is read all the same.
    assert await read(house, file) == b"what was sent"
    (house.folder / "files" / file.path).with_suffix(".part").write_bytes(b"half")
    assert (await seal(house)).sealed == 1
    await house.ask("UPDATE stored_file SET sealed_at = NULL")
    sealed = on_disk(house, file)
    assert (await seal(house)).sealed == 1
    assert on_disk(house, file) == sealed
    assert await read(house, file) == b"what was sent"
    assert await house.ask("SELECT count(*) FROM sealed_key WHERE name = %s", _name(file)) == [1]


async def test_what_was_altered_or_is_missing_is_named_and_left(house: OldHouse) -> None:
    altered, missing, erased = [await in_the_clear(house) for _ in range(3)]
    (house.folder / "files" / altered.path).write_bytes(b"something else")
    (house.folder / "files" / missing.path).unlink()
    await house.ask("UPDATE stored_file SET erased_at = %s WHERE id = %s", NOW, erased.id)
    assert await seal(house) == Sealed(0, (missing.id,), (altered.id,))
    assert on_disk(house, altered) == b"something else"
    assert on_disk(house, erased) == b"what was sent"
    with pytest.raises(NotFound):
        await read(house, altered)


def _name(file: StoredFile) -> str:
    return f"files/{file.path}"
