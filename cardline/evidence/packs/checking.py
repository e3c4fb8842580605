"""Checking a pack with nothing but itself: no server, no database, on any machine (row F2).

``check`` says what is proved, what is not, and what does not hold; words are in ``findings.toml``.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from cardline.evidence.merkle import leaf_hash, root_from_path
from cardline.evidence.model import KeyId, Leaf, Root, SigningKey
from cardline.evidence.packs.contents import Hashes, check_contents
from cardline.evidence.packs.findings import Result
from cardline.evidence.packs.form import (
    FORMAT,
    MANIFEST,
    ROOTS,
    SIGNATURE,
    ListedStream,
    Manifest,
    Signature,
    StreamFile,
    encode,
    hash_of,
    is_cut,
    is_gap,
)
from cardline.evidence.packs.opening import Opened, Refused
from cardline.evidence.publishing import LONGEST, Published, read_published
from cardline.evidence.rules import GENESIS
from cardline.evidence.statements import (
    PACK,
    Malformed,
    comes_after,
    follows,
    is_by,
    is_valid,
    leaf_data,
    signed_by,
    stamp,
)

Kind = TypeVar("Kind")
_JOURNAL: Final = "journal/"


@dataclass(frozen=True)
class Trust:
    """What whoever checks knows from elsewhere: the bank's key, roots that were published."""

    key: bytes | None = None
    published: Published | None = None


NOTHING: Final = Trust()


def check(path: Path, trust: Trust = NOTHING) -> Result:
    """Check a pack; never raises for what a file may hold."""
    result = Result()
    try:
        with Opened(path) as pack:
            _check(pack, trust, result)
    except Refused as error:
        result.fail(f"refused-{error.code}", detail=error.detail)
    return result


def _check(pack: Opened, trust: Trust, result: Result) -> None:
    raw = pack.text(MANIFEST)
    manifest = _decode(raw, Manifest, MANIFEST)
    if manifest.format != FORMAT or encode(manifest) != raw:
        raise Refused("form", MANIFEST)
    published = _read_roots(pack)
    key = _check_signature(pack, manifest, raw, published.keys, result)
    _check_files(pack, manifest, result, is_signed=key is not None)
    roots = _check_roots(published, result)
    _check_made(manifest, published, result)
    _check_trust(published, key, trust, result)
    seen = _check_streams(pack, manifest, roots, result)
    _check_about(manifest, result)
    check_contents(manifest, seen.hashes, result)
    for source in manifest.sources:
        for one in source.missing:
            result.leave_open("missing", source=source.name, what=one)
    for code in ("bank-word", "nothing-else", "times"):
        result.leave_open(code)


def _check_signature(
    pack: Opened,
    manifest: Manifest,
    raw: bytes,
    keys: dict[KeyId, SigningKey],
    result: Result,
) -> SigningKey | None:
    signature = _decode(pack.text(SIGNATURE), Signature, SIGNATURE)
    key = keys.get(KeyId(manifest.key))
    made_at = _time(manifest.made_at)
    if key is None or signature.key != manifest.key:
        result.fail("key-not-there", key=manifest.key[:16])
        return None
    if not signed_by(key.public, PACK, raw, _hex(signature.signature)):
        result.fail("signature", key=key.id)
        return None
    if not is_valid(key, made_at):
        result.fail("key-period", key=key.id, at=_shown(made_at))
        return key
    result.prove("signed", key=key.id, at=_shown(made_at), files=len(manifest.files))
    return key


def _check_files(pack: Opened, manifest: Manifest, result: Result, *, is_signed: bool) -> None:
    listed = {one.name: one for one in manifest.files}
    present = pack.names - {MANIFEST, SIGNATURE}
    for name in sorted(present - listed.keys()):
        result.fail("file-extra", name=name)
    for name in sorted(listed.keys() - present):
        result.fail("file-missing", name=name)
    if len(listed) != len(manifest.files):
        raise Refused("form", "a file is listed twice")
    whole = present == listed.keys()
    for name in sorted(present & listed.keys()):
        one = listed[name]
        digest = hashlib.sha256()
        if pack.size(name) == one.bytes:
            for part in pack.parts(name):
                digest.update(part)
        if pack.size(name) != one.bytes or digest.hexdigest() != one.sha256:
            result.fail("file-altered", name=name)
            whole = False
    if whole and is_signed:
        result.prove("files", files=len(listed))
    elif whole:
        result.leave_open("files-unsigned", files=len(listed))


def _read_roots(pack: Opened) -> Published:
    if ROOTS not in pack.names:
        raise Refused("not-there", ROOTS)
    try:
        return read_published(_lines(pack.parts(ROOTS)))
    except Malformed as error:
        raise Refused("form", f"{ROOTS}: {error}") from error


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
        if len(rest) > LONGEST:
            raise Refused("form", ROOTS)
    if rest:
        raise Refused("form", ROOTS)


def _check_roots(published: Published, result: Result) -> dict[int, Root] | None:
    """Check that the roots are one chain without a gap, each signed by a key that was valid.

    ``None`` where they are not: then no seal is worth anything.
    """
    before: Root | None = None
    holds = True
    for number in sorted(published.roots):
        root = published.roots[number]
        key = published.keys.get(root.key)
        if key is None or not is_by(root, key):
            result.fail("root-not-signed", root=number)
            holds = False
        first = before is None and number > 1
        if before is not None and number > before.number + 1:
            result.fail("root-missing", root=before.number + 1)
            holds = False
        elif not first and not comes_after(root, before):
            result.fail("root-chain", root=number)
            holds = False
        before = root
    if before is not None and holds:
        first_root = published.roots[min(published.roots)]
        if first_root is before:
            result.prove("root", root=before.number, at=_shown(before.at))
        else:
            result.prove(
                "roots",
                first=first_root.number,
                last=before.number,
                since=_shown(first_root.at),
                until=_shown(before.at),
            )
    return published.roots if holds else None


def _check_made(manifest: Manifest, published: Published, result: Result) -> None:
    """A pack is made after the roots that it holds, by the same clock."""
    last = max((root.at for root in published.roots.values()), default=None)
    if last is not None and _time(manifest.made_at) < last:
        result.fail("made-before", at=_shown(_time(manifest.made_at)), root=_shown(last))


def _check_about(manifest: Manifest, result: Result) -> None:
    """What a pack says to be about has its stream in it: asking for it was written down there."""
    streams = {one.stream for one in manifest.streams}
    about = manifest.about
    if about.complaint:
        wanted = [f"complaint:{about.complaint}", *(about.interactions or ())]
    else:
        wanted = list(about.interactions or ()) or [f"holder:{about.holder}"]
    for stream in wanted:
        if stream not in streams:
            result.fail("about-not-there", stream=stream)


def _check_trust(
    published: Published, key: SigningKey | None, trust: Trust, result: Result
) -> None:
    used = {root.key for root in published.roots.values()} | ({key.id} if key else set())
    if trust.key is not None:
        trusted = _linked(published.keys, trust.key)
        foreign = sorted(used - trusted)
        if foreign:
            result.fail("not-your-key", key=foreign[0])
        else:
            result.prove("your-key", keys=len(used))
    elif key is not None:
        result.leave_open("whose-key", key=key.id, public=key.public.hex())
    if trust.published is None:
        result.leave_open("one-history")
        return
    common = published.roots.keys() & trust.published.roots.keys()
    differing = [n for n in sorted(common) if published.roots[n] != trust.published.roots[n]]
    other = [
        name
        for name in published.keys.keys() & trust.published.keys.keys()
        if published.keys[name].public != trust.published.keys[name].public
    ]
    if other:
        result.fail("other-key", key=other[0])
    elif differing:
        result.fail("other-history", root=differing[0])
    elif not common:
        result.fail("no-common-root")
    else:
        result.prove("your-roots", roots=len(common), last=max(common))


def _linked(keys: dict[KeyId, SigningKey], public: bytes) -> set[KeyId]:
    """Return the keys that lead to or from a public key: each vouches for the next, and names the
    one before."""
    linked = {key.id for key in keys.values() if key.public == public}
    grown = True
    while grown:
        grown = False
        for key in keys.values():
            before = keys.get(key.previous) if key.previous else None
            if before is None:
                continue
            forward = before.id in linked and key.id not in linked and follows(key, before)
            backward = key.id in linked and before.id not in linked
            if forward or backward:
                linked.add(key.id if forward else before.id)
                grown = True
    return linked


@dataclass
class _Seen:
    """What the streams told together."""

    entries: int = 0
    cut: int = 0
    sealed: int = 0
    last_root: int = 0
    broken: int = 0
    gapped: int = 0
    """Streams in which entries are left out whole."""
    hashes: Hashes = field(default_factory=Hashes)
    """What was journaled of recordings and files."""


def _check_streams(
    pack: Opened, manifest: Manifest, roots: dict[int, Root] | None, result: Result
) -> _Seen:
    files = {one.name for one in manifest.files if one.name.startswith(_JOURNAL)}
    named = [one.file for one in manifest.streams]
    if files != set(named) or len(files) != len(named):
        raise Refused("form", "streams and their files are not the same")
    if len({one.stream for one in manifest.streams}) != len(named):
        raise Refused("form", "a stream comes twice")
    seen = _Seen()
    for listed in manifest.streams:
        if listed.file in pack.names:
            _check_stream(pack, listed, roots, seen, result)
        else:
            seen.broken += 1
    held = len(named) - seen.broken - seen.gapped
    if held:
        result.prove("streams", streams=held)
    if seen.gapped:
        result.leave_open("gaps", streams=seen.gapped)
    if roots is not None and seen.sealed:
        result.prove(
            "sealed",
            entries=seen.sealed,
            root=seen.last_root,
            at=_shown(roots[seen.last_root].at),
        )
    if roots is None:
        result.leave_open("seals-unchecked", entries=seen.entries)
    elif seen.entries > seen.sealed:
        result.leave_open("unsealed", entries=seen.entries - seen.sealed)
    if seen.cut:
        result.prove("cut-fits", entries=seen.cut)
        result.leave_open("cut-content", entries=seen.cut)
    return seen


def _check_stream(
    pack: Opened,
    listed: ListedStream,
    roots: dict[int, Root] | None,
    seen: _Seen,
    result: Result,
) -> None:
    told = _decode(pack.text(listed.file), StreamFile, listed.file)
    fault = _fault_in_chain(listed, told)
    if fault:
        result.fail("stream", stream=listed.stream, seq=fault)
        seen.broken += 1
        return
    sealed: set[int] = set()
    for seal in told.seals if roots is not None else ():
        root = roots.get(seal.root) if roots is not None else None
        if root is None or not 1 <= seal.seq <= len(told.entries):
            result.fail("seal", stream=listed.stream, root=seal.root)
            continue
        digest = _hex(told.entries[seal.seq - 1].hash)
        leaf = leaf_hash(leaf_data(Leaf(listed.stream, seal.seq, digest)))
        path = [_hex(step) for step in seal.path]
        if root_from_path(leaf, seal.index, root.leaves, path) != root.root:
            result.fail("seal", stream=listed.stream, root=seal.root)
            continue
        sealed.add(seal.seq)
        seen.last_root = max(seen.last_root, seal.root)
    gaps = {one.seq for one in told.entries if is_gap(one)}
    seen.entries += len(told.entries)
    seen.sealed += _bound(len(told.entries), sealed, gaps)
    seen.cut += sum(is_cut(one) for one in told.entries)
    seen.gapped += bool(gaps)
    for one in told.entries:
        seen.hashes.take(listed.stream, one)


def _bound(entries: int, sealed: set[int], gaps: set[int]) -> int:
    """Return how many entries are bound by a seal.

    Each hash covers the one before, so a seal binds everything before it; but not across an entry
    that is left out whole, since nothing shows on which hash its own was reckoned.
    """
    count, bound = 0, False
    for seq in range(entries, 0, -1):
        bound = seq in sealed or (bound and seq + 1 not in gaps)
        count += bound
    return count


def _fault_in_chain(listed: ListedStream, told: StreamFile) -> int:
    """Return the place of the first entry that does not fit; 0 where all do."""
    if told.stream != listed.stream or not told.entries:
        return 1
    previous = GENESIS
    for place, one in enumerate(told.entries, start=1):
        digest = _hex(one.hash)
        try:
            reckoned = hash_of(previous, told.stream, one)
        except ValueError:
            return place
        if one.seq != place or len(digest) != len(GENESIS) or reckoned not in (None, digest):
            return place
        previous = digest
    fits = len(told.entries) == listed.entries and previous.hex() == listed.hash
    return 0 if fits else len(told.entries)


def _decode(raw: bytes, kind: type[Kind], name: str) -> Kind:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as error:
        raise Refused("form", f"{name}: {error}") from error


def _hex(text: str) -> bytes:
    """Read hexadecimal digits; what is none fits nothing."""
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return b""
    return value if value.hex() == text else b""


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and stamp(at) == text:
            return at
    except (ValueError, OverflowError):
        pass
    raise Refused("form", "a time")


def _shown(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
