"""Whatever is done to the journal behind its back is found, and it is said where."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from bench.tampering import Tamperer, rewrite
from bench.vault import LASTS, NOW, Vault, breaches_seen, tampering
from cardline.adapters.postgres.database import Database
from cardline.adapters.signing.key_files import KeyFiles
from cardline.core.actor import SYSTEM
from cardline.core.transaction import Transaction
from cardline.evidence import root_store, roots
from cardline.evidence.actions import journal
from cardline.evidence.publishing import Published, key_line, read_published, root_line
from cardline.evidence.roots import NoKeyError
from cardline.evidence.statements import KEY, key_id, key_statement, read_key
from cardline.evidence.verifying import KEYS, ROOTS


@pytest.fixture
async def vault(database: Database, tmp_path: Path) -> AsyncIterator[Vault]:
    return Vault(database, tmp_path)


async def test_an_untouched_journal_holds(vault: Vault) -> None:
    await vault.fill()
    assert await vault.breaches(await vault.published()) == []


async def test_every_random_tampering_with_one_row_is_found_and_located(
    vault: Vault, database_url: str
) -> None:
    await vault.fill()
    published = await vault.published()
    async with tampering(database_url) as owner:
        tamperer = Tamperer(owner, Random(20261127))
        for _ in range(60):
            async with owner.transaction(force_rollback=True):
                done = await tamperer.tamper()
                found = await breaches_seen(owner, published)
                assert done.is_located_by(found), (done, found)
        assert await breaches_seen(owner, published) == []


_SEVERAL = {
    "a whole stream, its end included": (
        "DELETE FROM journal WHERE stream = 'i1';DELETE FROM journal_head WHERE stream = 'i1'",
        ("i1", "deleted"),
    ),
    "the end of a stream, and the end that is kept moved back": (
        (
            "DELETE FROM journal WHERE stream = 'i2' AND seq > 6;"
            "UPDATE journal_head SET (seq, hash) = (SELECT seq, hash FROM journal "
            "WHERE stream = 'i2' AND seq = 6) WHERE stream = 'i2'"
        ),
        ("i2", "missing"),
    ),
    "a stream with all that sealed it": (
        (
            "DELETE FROM journal WHERE stream = 'i1';DELETE FROM journal_head WHERE stream = 'i1';"
            "DELETE FROM evidence_leaf WHERE stream = 'i1'"
        ),
        (ROOTS, "leaves altered"),
    ),
    "the last roots with their leaves": (
        "DELETE FROM evidence_root WHERE number > 2;DELETE FROM evidence_leaf WHERE root > 2",
        (ROOTS, "missing"),
    ),
    "everything": (
        (
            "DELETE FROM journal;DELETE FROM journal_head;DELETE FROM evidence_leaf;"
            "DELETE FROM evidence_root;DELETE FROM evidence_key"
        ),
        (ROOTS, "missing"),
    ),
    "the key that signed": (
        (
            "DELETE FROM evidence_key WHERE id IN (SELECT id FROM evidence_key "
            "ORDER BY valid_from LIMIT 1)"
        ),
        (ROOTS, "not signed"),
    ),
}


async def test_a_key_that_nobody_made_here_is_found_though_it_signed_itself(
    vault: Vault, database_url: str, tmp_path: Path
) -> None:
    """Anybody can make a key that is in order; with it they could sign another history."""
    await vault.fill()
    stranger = KeyFiles(tmp_path / "stranger")
    public = stranger.new_key()
    statement = key_statement(public, valid_from=vault.now, valid_to=NOW + LASTS, previous=None)
    name = key_id(public)
    key = read_key(statement, stranger.sign(name, KEY + statement))
    async with tampering(database_url) as owner:
        await root_store.add_key(Transaction(owner), key)
        found = await breaches_seen(owner)
    assert [(one.stream, one.what) for one in found] == [(KEYS, f"inserted: {name}")]


_OF_ONE_ROW = {
    "a key that signed nothing yet": (
        "DELETE FROM evidence_key WHERE valid_from = (SELECT max(valid_from) FROM evidence_key)",
        (KEYS, "missing"),
    ),
    "that the key before vouched": (
        "UPDATE evidence_key SET previous_signature = NULL WHERE previous_signature IS NOT NULL",
        (KEYS, "altered"),
    ),
    "an end of nothing": (
        "INSERT INTO journal_head VALUES ('i0x', 0, decode(repeat('00', 32), 'hex'))",
        ("i0x", "inserted"),
    ),
}


@pytest.mark.parametrize("name", _OF_ONE_ROW)
async def test_a_row_is_found_though_nothing_was_published(
    vault: Vault, database_url: str, name: str
) -> None:
    await vault.fill()
    await vault.new_key()
    statement, (place, what) = _OF_ONE_ROW[name]
    async with tampering(database_url) as owner:
        assert await breaches_seen(owner) == []
        done = await owner.execute(statement.encode())
        found = await breaches_seen(owner)
    assert done.rowcount >= 1
    assert [(one.stream, one.what.partition(":")[0]) for one in found][:1] == [(place, what)]


async def test_tampering_with_several_rows_is_found(vault: Vault, database_url: str) -> None:
    await vault.fill()
    published = await vault.published()
    async with tampering(database_url) as owner:
        for name, (statements, expected) in _SEVERAL.items():
            async with owner.transaction(force_rollback=True):
                for statement in statements.split(";"):
                    await owner.execute(statement.encode())
                found = await breaches_seen(owner, published)
            assert expected in {(one.stream, one.what) for one in found}, (name, found)


async def test_a_chain_that_was_rewritten_whole_is_not_as_it_was_sealed(
    vault: Vault, database_url: str
) -> None:
    await vault.fill()
    async with tampering(database_url) as owner:
        await rewrite(owner, "i1")
        found = await breaches_seen(owner)
    assert [(one.stream, one.what) for one in found] == [("i1", "not as sealed")]


async def test_an_entry_that_is_written_while_a_root_is_made_is_in_the_next(vault: Vault) -> None:
    await vault.new_key()
    await vault.write("i1", 2)
    async with vault.database.transaction() as slow:
        await journal(slow, stream="i2", kind="t.t", by=SYSTEM, body={}, at=vault.now)
        first = await vault.seal()
    second = await vault.seal()
    assert first is not None
    assert second is not None
    assert (first.leaves, second.leaves) == (2, 1), "the stream of keys, i1; then i2"
    assert await vault.breaches() == []


async def test_a_root_is_made_once_an_hour(vault: Vault) -> None:
    await vault.new_key()
    assert await vault.seal(due_only=True) is not None
    assert await vault.seal(due_only=True) is None
    vault.now = vault.now.replace(minute=0, hour=vault.now.hour + 1)
    again = await vault.seal(due_only=True)
    assert again is not None
    assert again.leaves == 0, "nothing had happened; the chain shows that too"


async def test_an_expired_key_signs_nothing_more_and_what_it_signed_stays_valid(
    vault: Vault,
) -> None:
    await vault.new_key()
    await vault.write("i1")
    assert await vault.seal() is not None
    vault.now += LASTS
    with pytest.raises(NoKeyError):
        await vault.seal()
    assert await vault.breaches() == []
    await vault.new_key()
    assert await vault.seal() is not None
    assert await vault.breaches() == []
    async with vault.database.transaction() as tx:
        old, new = await roots.all_keys(tx)
    assert new.previous == old.id
    assert new.previous_signature is None, "it was over, and vouches for nobody"


async def test_a_key_that_is_not_here_signs_nothing(vault: Vault, tmp_path: Path) -> None:
    key = await vault.new_key()
    file = tmp_path / "keys" / f"{key}.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    file.rename(tmp_path / "elsewhere")
    with pytest.raises(NoKeyError):
        await vault.seal()


async def test_entries_of_before_keep_their_hashes(vault: Vault, database_url: str) -> None:
    """They have no salt and were hashed whole; new ones are chained to them."""
    await vault.new_key()
    await vault.write("i1", 2)
    async with tampering(database_url) as owner:
        await rewrite(owner, "i1", kind="test.done", unsalted=True)
        await owner.commit()
    await vault.write("i1", 2)
    await vault.seal()
    assert await vault.breaches() == []
    async with tampering(database_url) as owner:
        await owner.execute("UPDATE journal SET by = 'x' WHERE stream = 'i1' AND seq = 1")
        assert [(one.stream, one.seq) for one in await breaches_seen(owner)] == [("i1", 1)]


async def test_what_was_published_reads_back_and_a_difference_is_a_breach(
    vault: Vault,
) -> None:
    await vault.fill()
    published = await vault.published()
    lines = [key_line(key) for key in published.keys.values()]
    lines += [root_line(root) for root in published.roots.values()]
    assert read_published(lines) == published
    await vault.seal()
    later = await vault.published()
    forged = later.roots | {4: later.roots[5]}
    found = await vault.breaches(Published(later.keys, forged))
    assert [(one.stream, one.seq, one.what) for one in found] == [(ROOTS, 4, "not as published")]
    only = dict(list(published.keys.items())[:1])
    assert await vault.breaches(Published(only, {})) == []
    other = next(iter(published.keys.values()))
    found = await vault.breaches(Published({type(other.id)("0" * 16): other}, {}))
    assert [one.stream for one in found] == [KEYS]
