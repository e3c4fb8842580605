"""A sceptic's list: what somebody might do to a pack, and the words in which it is found out.

Whoever has not the bank's key alters a finished pack, and whoever has it signs the forgery anew.
Each attack is run through the command, as a third party would, and is located in its words.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cardline.evidence.packs.form import MANIFEST, ROOTS, SIGNATURE, Listed, Manifest, encode
from cardline.evidence.publishing import key_line
from cardline.evidence.statements import PACK, stamp
from tests.rules.evidence_command import run
from tests.rules.evidence_forge import (
    NOW,
    SOUND,
    Contents,
    Forge,
    altered,
    chain,
    edited,
    pair,
    read,
    usual,
    with_entry,
)

OTHER_SOUND = b"RIFF" + bytes(400) + b"another voice"
Make = Callable[[Path], Path]


# ------------------------------------------------------------------ without the bank's key


def _rewrite(contents: Contents, change: Callable[[Any], object]) -> None:
    told = json.loads(contents[MANIFEST])
    change(told)
    contents[MANIFEST] = encode(msgspec.json.decode(json.dumps(told), type=Manifest))


def exchanged_with_its_hash(path: Path) -> Path:
    """A recording is replaced, and its hash in the manifest too."""

    def change(contents: Contents) -> None:
        contents["recordings/i1.wav"] = OTHER_SOUND

        def rehash(told: Any) -> None:
            file = next(one for one in told["files"] if one["name"] == "recordings/i1.wav")
            file["sha256"] = hashlib.sha256(OTHER_SOUND).hexdigest()
            file["bytes"] = len(OTHER_SOUND)

        _rewrite(contents, rehash)

    return altered(usual().write(path), change)


def dropped_and_renumbered(path: Path) -> Path:
    """A whole conversation is taken out, those after it move up, and the manifest says so too."""

    def change(contents: Contents) -> None:
        del contents["journal/000001.json"]
        contents["journal/000001.json"] = contents.pop("journal/000002.json")

        def without(told: Any) -> None:
            told["files"] = [one for one in told["files"] if one["name"] != "journal/000002.json"]
            told["streams"] = [told["streams"][1] | {"file": "journal/000001.json"}]

        _rewrite(contents, without)

    return altered(usual().write(path), change)


def manifests_swapped(path: Path) -> Path:
    """The manifest and signature of another pack of the same bank."""
    other = replace(usual(), made_at=NOW + timedelta(minutes=1))
    other.streams = other.streams | {"i1": chain("i1", 6, kind="other.done")}
    foreign = read(other.write(path.with_name("other.zip")))
    return altered(
        usual().write(path),
        lambda c: c.update({MANIFEST: foreign[MANIFEST], SIGNATURE: foreign[SIGNATURE]}),
    )


def signed_by_a_stranger(path: Path) -> Path:
    """Everything is left as it is, and the manifest is signed with another key."""
    stranger = pair(9)

    def change(contents: Contents) -> None:
        signature = stranger.private.sign(PACK + contents[MANIFEST]).hex()
        told = json.loads(contents[SIGNATURE]) | {"signature": signature}
        contents[SIGNATURE] = json.dumps(told, separators=(",", ":")).encode()

    return altered(usual().write(path), change)


def signed_by_a_key_that_is_put_in(path: Path) -> Path:
    """A stranger signs all of it anew, and puts a key of his own among the bank's."""
    stranger = pair(9)

    def change(contents: Contents) -> None:
        contents[ROOTS] = key_line(stranger.key) + contents[ROOTS]

        def his_own(told: Any) -> None:
            told["key"] = stranger.key.id
            file = next(one for one in told["files"] if one["name"] == ROOTS)
            file["sha256"] = hashlib.sha256(contents[ROOTS]).hexdigest()
            file["bytes"] = len(contents[ROOTS])

        _rewrite(contents, his_own)
        signature = stranger.private.sign(PACK + contents[MANIFEST]).hex()
        contents[SIGNATURE] = json.dumps({"key": stranger.key.id, "signature": signature}).encode()

    return altered(usual().write(path), change)


def a_root_missing(path: Path) -> Path:
    def change(contents: Contents) -> None:
        lines = contents[ROOTS].splitlines(keepends=True)
        contents[ROOTS] = b"".join(line for line in lines if b'\\"number\\":2,' not in line)

    return altered(usual().write(path), change)


# ------------------------------------------------------------------ with the bank's key


def forged(change: Callable[[Contents], object]) -> Make:
    return lambda path: usual().write(path, forged=change)


def an_expired_key(path: Path) -> Path:
    """The key ended yesterday; somebody goes on signing with it."""
    ended = pair(1, lasts=timedelta(days=29))
    return replace(usual(), pairs=[ended]).write(path)


def the_new_key_for_an_old_root(path: Path) -> Path:
    """After the key was rotated, an old root is signed again with the new one."""
    first = pair(1)
    second = pair(2, before=first, since=NOW - timedelta(minutes=30))
    return replace(usual(), pairs=[first, second], signers=[0, 1, 1]).write(path)


def made_before_its_roots(path: Path) -> Path:
    """The time of making is put back into the life of a key that has ended since."""
    return usual().write(
        path,
        manifest=lambda one: msgspec.structs.replace(one, made_at=stamp(NOW - timedelta(days=3))),
    )


def in_another_zone(path: Path) -> Path:
    """A time that reads as later than it was."""
    return usual().write(
        path,
        manifest=lambda one: msgspec.structs.replace(
            one, made_at="2026-11-27T10:00:00.000000+08:00"
        ),
    )


def about_somebody_else(path: Path) -> Path:
    def change(one: Manifest) -> Manifest:
        return msgspec.structs.replace(
            one, about=msgspec.structs.replace(one.about, interactions=["i7"])
        )

    return usual().write(path, manifest=change)


def a_size_that_hides_the_hash(path: Path) -> Path:
    """A file is listed with the hash of nothing, and as larger than it is."""

    def change(one: Manifest) -> Manifest:
        files = [
            Listed(each.name, 5, hashlib.sha256().hexdigest()) if each.name == "index.pdf" else each
            for each in one.files
        ]
        return msgspec.structs.replace(one, files=files)

    return usual().write(path, manifest=change)


_STREAM = "journal/000002.json"


def _entry(change: Callable[[Any], object], place: int = 1) -> Make:
    return forged(edited(_STREAM, lambda stream: change(stream["entries"][place])))


def _two_recordings_swapped(path: Path) -> Path:
    sounds = {"i1": SOUND, "i3": OTHER_SOUND}
    streams = {
        name: chain(name, 3, sha256=hashlib.sha256(sound).hexdigest())
        for name, sound in sounds.items()
    }

    def change(contents: Contents) -> None:
        contents["recordings/i1.wav"], contents["recordings/i3.wav"] = OTHER_SOUND, SOUND

    return Forge([pair(1)], streams, [{"i1": 3, "i3": 3}]).write(path, forged=change)


ATTACKS: dict[str, tuple[Make, tuple[str, ...]]] = {
    "a recording replaced, and its hash": (
        exchanged_with_its_hash,
        (
            "The signature does not fit the manifest",
            "The recording recordings/i1.wav is not the one",
        ),
    ),
    "a conversation dropped, the rest renumbered": (
        dropped_and_renumbered,
        ("The signature does not fit the manifest",),
    ),
    "manifests of two packs swapped": (
        manifests_swapped,
        ("The file journal/000002.json was altered", "Stream i1 does not hold from entry"),
    ),
    "signed with another key": (signed_by_a_stranger, ("The signature does not fit the manifest",)),
    "a root missing": (a_root_missing, ("Root 2 is missing", "The file roots.jsonl was altered")),
    "an expired key": (
        an_expired_key,
        (
            "was not valid on 2026-11-27 02:00:00 UTC",
            "Root 3 was not signed with a key that was valid",
        ),
    ),
    "an old root signed anew after a rotation": (
        the_new_key_for_an_old_root,
        ("Root 2 was not signed with a key that was valid then",),
    ),
    "made before its own roots": (made_before_its_roots, ("before a root that it holds",)),
    "a time in another zone": (in_another_zone, ("not in the form of a pack: a time",)),
    "about a conversation that is not in it": (
        about_somebody_else,
        ("about i7; that stream is not in it",),
    ),
    "a size that hides the hash": (a_size_that_hides_the_hash, ("The file index.pdf was altered",)),
    "two recordings exchanged for each other": (
        _two_recordings_swapped,
        ("recordings/i1.wav is not the one", "recordings/i3.wav is not the one"),
    ),
    "a word beside the fields that no hash covers": (
        _entry(lambda one: one.update(by="agent:a6009", body={"text": "同意"}, verdict=None)),
        ("Stream i1 does not hold from entry 2",),
    ),
    "a value beside a commitment": (
        _entry(
            lambda one: one["fields"].update(
                {"body/text": {"commitment": "00" * 32, "value": "同意"}}
            )
        ),
        ("Stream i1 does not hold from entry 2",),
    ),
    "a time of an entry that is left out": (
        _entry(lambda one: [one.pop("fields"), one.update(kind="card.frozen")]),
        ("Stream i1 does not hold from entry 2",),
    ),
    "an entry dropped and the rest renumbered": (
        forged(
            edited(
                _STREAM,
                lambda stream: [
                    stream["entries"].pop(2),
                    [one.update(seq=place) for place, one in enumerate(stream["entries"], 1)],
                ],
            )
        ),
        ("Stream i1 does not hold from entry 3",),
    ),
    "JSON without end in a value": (
        forged(
            lambda contents: contents.update(
                {
                    _STREAM: contents[_STREAM].replace(
                        b'"value":2}', b'"value":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
                    )
                }
            )
        ),
        ("journal/000002.json",),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_and_located_in_words(tmp_path: Path, attack: str) -> None:
    make, said = ATTACKS[attack]
    status, told = run(make(tmp_path / "p.zip"))
    assert status == 1, told
    assert told.startswith("The pack does not hold")
    for one in said:
        assert one in told, told


def test_a_pack_that_nobody_signed_is_not_said_to_be_unaltered(tmp_path: Path) -> None:
    told = run(exchanged_with_its_hash(tmp_path / "p.zip"))[1]
    assert "none was altered since it was signed" not in told
    assert "Not proved: That nobody altered the files" in told


def test_a_stranger_who_puts_in_a_key_of_his_own_is_found_by_whoever_knows_the_banks(
    tmp_path: Path,
) -> None:
    """By itself such a pack holds: it says whose key signed it, and that this is not proved."""
    pack = signed_by_a_key_that_is_put_in(tmp_path / "p.zip")
    forge, stranger = usual(), pair(9)
    status, told = run(pack)
    assert status == 0
    assert f"Not proved: That key {stranger.key.id} is the bank's" in told
    known = tmp_path / "key"
    known.write_text(forge.pairs[0].key.public.hex())
    status, told = run(pack, "--key", known)
    assert status == 1
    assert f"Key {stranger.key.id} is not the one that you named" in told


def test_a_rotated_key_is_followed_and_a_lost_one_is_not(tmp_path: Path) -> None:
    first = pair(1)
    second = pair(2, before=first, since=NOW - timedelta(days=10))
    alone = pair(3, since=NOW - timedelta(days=10))
    known = tmp_path / "key"
    known.write_text(first.key.public.hex())
    vouched = replace(usual(), pairs=[first, second], signers=[0, 0, 1])
    assert run(vouched.write(tmp_path / "p.zip"), "--key", known)[0] == 0
    lost = replace(usual(), pairs=[first, alone], signers=[0, 0, 1])
    status, told = run(lost.write(tmp_path / "q.zip"), "--key", known)
    assert status == 1
    assert f"Key {alone.key.id} is not the one that you named" in told


# ------------------------------------------------------------------ what was erased, what is absent


def test_a_recording_that_was_erased_is_named_with_its_rule_and_one_that_was_left_out_too(
    tmp_path: Path,
) -> None:
    absent = replace(usual(), without=frozenset({"recordings/i1.wav"}))
    status, said = run(absent.write(tmp_path / "p.zip"))
    assert status == 0
    assert "Not proved: Where recordings are that the journal says were stored: 1 are" in said
    digest = hashlib.sha256(SOUND).hexdigest()
    body = {"what": "recording", "sha256": digest, "id": "c1", "rule": ["recording: our default"]}
    erased = with_entry(absent, "retention.erased", body)
    status, said = run(erased.write(tmp_path / "q.zip"))
    assert status == 0
    assert "Proved: Erased by rule (recording): stream i1, 2026-11-27" in said
    assert "by recording: our default" in said
    assert "Where recordings are" not in said


def test_a_file_is_held_against_the_hash_under_its_id(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"scan").hexdigest()
    kept = with_entry(usual(), "file.stored", {"file": "f1", "sha256": digest})
    kept = replace(kept, more={"files/co1/f1.png": b"scan"})
    status, told = run(kept.write(tmp_path / "p.zip"))
    assert (status, "Files (1): each is the one" in told) == (0, True)
    exchanged = replace(kept, more={"files/co1/f1.png": b"another scan"})
    status, told = run(exchanged.write(tmp_path / "q.zip"))
    assert status == 1
    assert "The file files/co1/f1.png is not the one whose hash was journaled" in told
