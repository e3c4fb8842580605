"""How recordings and files lie: sealed in chunks, read in part, and never altered unnoticed."""

import hashlib
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.adapters.sealer.keyring import KeyRing
from cardline.evidence.sealing import chunks
from cardline.evidence.sealing.chunks import (
    CHUNK,
    SealReader,
    SealWriter,
    new_data_key,
    new_key_id,
    open_bytes,
    seal_bytes,
)
from cardline.evidence.sealing.keys import make_key, open_key
from cardline.evidence.sealing.model import (
    CIPHERS,
    Cipher,
    MasterKeyMissing,
    MasterKeyWrong,
    Unreadable,
)
from cardline.evidence.sealing.serving import range_in

AT = datetime(2026, 11, 1, tzinfo=UTC)
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77)


def sealed(plain: bytes, cipher: Cipher = "aes-256-gcm") -> tuple[bytes, bytes]:
    key = new_data_key(cipher)
    return seal_bytes(plain, cipher=cipher, key=key, key_id=new_key_id()), key


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back_whole(cipher: Cipher, size: int) -> None:
    plain = os.urandom(size)
    content, key = sealed(plain, cipher)
    assert open_bytes(content, key=key) == plain
    assert plain[:16] not in content or size < 16
    assert SealReader(io.BytesIO(content), key=key).size == size


@settings(max_examples=60, deadline=None)
@given(size=st.sampled_from(SIZES), start=st.integers(0, 4 * CHUNK), length=st.integers(0, CHUNK))
def test_a_part_is_read_as_that_part_of_the_whole(size: int, start: int, length: int) -> None:
    plain = bytes(index * 7 % 251 for index in range(size))
    content, key = sealed(plain)
    reader = SealReader(io.BytesIO(content), key=key)
    assert b"".join(reader.parts(start, start + length)) == plain[start : start + length]


def test_a_part_costs_its_own_chunks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    content, key = sealed(bytes(20 * CHUNK))
    reader = SealReader(io.BytesIO(content), key=key)
    opened: list[bytes] = []
    real = chunks.decrypt

    def counting(cipher: Cipher, key: bytes, nonce: bytes, data: bytes, about: bytes) -> bytes:
        opened.append(nonce)
        return real(cipher, key, nonce, data, about)

    monkeypatch.setattr(chunks, "decrypt", counting)
    assert len(b"".join(reader.parts(5 * CHUNK + 10, 7 * CHUNK))) == 2 * CHUNK - 10
    assert len(opened) == 2


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("begun", [10, CHUNK + 10, 2 * CHUNK])
def test_the_first_bytes_may_be_written_last(cipher: Cipher, begun: int) -> None:
    out = io.BytesIO()
    key = new_data_key(cipher)
    writer = SealWriter(out, cipher=cipher, key=key, key_id=new_key_id())
    writer.write(b"????")
    writer.write(bytes(begun))
    writer.finish(b"HEAD")
    assert open_bytes(out.getvalue(), key=key) == b"HEAD" + bytes(begun)


@settings(max_examples=80, deadline=None)
@given(where=st.integers(0, 2 * CHUNK + 80), bit=st.integers(0, 7), size=st.sampled_from(SIZES))
def test_no_bit_is_changed_unnoticed(where: int, bit: int, size: int) -> None:
    content, key = sealed(bytes(size))
    place = where % len(content)
    broken = bytearray(content)
    broken[place] ^= 1 << bit
    with pytest.raises(Unreadable):
        open_bytes(bytes(broken), key=key)


@pytest.mark.parametrize("cut", [1, 16, CHUNK + 16, 2 * (CHUNK + 16)])
def test_nothing_is_cut_off_unnoticed_not_even_at_the_end_of_a_chunk(cut: int) -> None:
    content, key = sealed(bytes(3 * CHUNK))
    with pytest.raises(Unreadable):
        SealReader(io.BytesIO(content[:-cut]), key=key)


def test_chunks_do_not_change_places_and_none_is_added() -> None:
    content, key = sealed(os.urandom(3 * CHUNK))
    whole = CHUNK + 16
    head, one, two, rest = (
        content[:32],
        content[32 : 32 + whole],
        content[32 + whole : 32 + 2 * whole],
        content[32 + 2 * whole :],
    )
    for changed in (head + two + one + rest, head + one + rest, content + one):
        with pytest.raises(Unreadable):
            open_bytes(changed, key=key)


def test_a_key_opens_its_own_thing_alone() -> None:
    content, _ = sealed(b"said")
    with pytest.raises(Unreadable):
        open_bytes(content, key=new_data_key("aes-256-gcm"))


# ---------------------------------------------------------------- master keys


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "master")
    ring.new(at=AT)
    return ring


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_data_key_is_wrapped_and_opens_again(tmp_path: Path, cipher: Cipher) -> None:
    ring = KeyRing(tmp_path / "master", cipher=cipher)
    ring.new(at=AT)
    key, kept = make_key(ring, name="recordings/c.wav", cipher=cipher)
    assert kept.wrapped is not None
    assert key not in kept.wrapped
    assert open_key(ring, kept) == key


def test_the_newest_wraps_and_the_older_still_opens(ring: KeyRing) -> None:
    key, kept = make_key(ring, name="a", cipher="aes-256-gcm")
    newer = ring.new(at=AT + timedelta(days=365))
    assert ring.current == newer.name != kept.master
    assert open_key(ring, kept) == key
    assert KeyRing(ring.folder).current == newer.name


def test_another_process_notices_a_new_master_key(ring: KeyRing) -> None:
    other = KeyRing(ring.folder)
    before = other.current
    made = ring.new(at=AT + timedelta(days=1))
    assert other.current == made.name != before


def test_a_missing_master_key_is_named_with_what_to_do(ring: KeyRing) -> None:
    _, kept = make_key(ring, name="a", cipher="aes-256-gcm")
    ring.keys()[kept.master].path.unlink()
    ring.new(at=AT + timedelta(days=1))
    with pytest.raises(MasterKeyMissing, match=f"{kept.master} is not in .*backup of the keys"):
        open_key(ring, kept)
    with pytest.raises(MasterKeyMissing, match="cardline sealing new-key"):
        _ = KeyRing(ring.folder / "nowhere").current


def test_an_exchanged_damaged_or_open_master_key_is_found_before_it_is_used(ring: KeyRing) -> None:
    path = ring.keys()[ring.current].path
    content = path.read_bytes()
    path.write_bytes(os.urandom(32))
    with pytest.raises(MasterKeyWrong, match="damaged or exchanged"):
        KeyRing(ring.folder).keys()
    path.write_bytes(content[:31])
    with pytest.raises(MasterKeyWrong, match="damaged or exchanged"):
        KeyRing(ring.folder).keys()
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(MasterKeyWrong, match="chmod 600"):
        KeyRing(ring.folder).keys()


def test_a_key_that_was_wrapped_for_another_thing_does_not_open(ring: KeyRing) -> None:
    _, kept = make_key(ring, name="a", cipher="aes-256-gcm")
    assert kept.wrapped is not None
    with pytest.raises(MasterKeyWrong, match="does not open"):
        ring.unwrap(kept.wrapped, master=kept.master, about="another")


def test_no_key_shows_itself_in_words(ring: KeyRing) -> None:
    key, kept = make_key(ring, name="a", cipher="aes-256-gcm")
    told = f"{kept!r} {ring.keys()!r}"
    assert repr(key) not in told
    assert repr(kept.wrapped) not in told


def test_the_hash_of_a_sealed_file_is_that_of_its_content() -> None:
    plain = os.urandom(CHUNK + 5)
    content, key = sealed(plain)
    reader = SealReader(io.BytesIO(content), key=key)
    assert chunks.digest_of(reader) == hashlib.sha256(plain).hexdigest()


# ---------------------------------------------------------------- ranges


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("", None),
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-5", (995, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("bytes=1000-", "beyond"),
        ("bytes=-0", "beyond"),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("items=0-5", None),
        ("bytes=1-" + "9" * 80, None),
    ],
)
def test_ranges_are_read_as_the_standard_says(wanted: str, told: object) -> None:
    assert range_in(wanted, 1000) == told
