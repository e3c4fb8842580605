"""Keeping the registry of what is ours: entries from a file or from staff, journaled (row E2)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path

import yaml

from cardline.core.actor import Actor
from cardline.core.errors import CardlineError, Invalid, NotFound
from cardline.core.home import home
from cardline.core.ids import new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.core.yaml_text import parse_yaml
from cardline.evidence.actions import journal
from cardline.trust import rules, store
from cardline.trust.model import Official, OfficialKind, TrustConfig

STREAM = "trust:registry"
DEMO_REGISTRY = Path(__file__).parent / "demo_registry.yaml"
_COLUMNS = ("kind", "value", "zh", "en", "since", "until")
_LONGEST_FILE = 1_000_000


class NotRegistered(CardlineError):
    """An entry may not stand in the registry; ``code`` is the first reason."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"this cannot be registered: {', '.join(verdict.codes)}")
        self.code = verdict.codes[0]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: entries added, entries that were there, lines that were refused."""

    added: int
    unchanged: int
    refused: tuple[tuple[int, tuple[str, ...]], ...]
    """The number of the entry, from 1, with its reasons."""


async def add_official(
    tx: Transaction, entry: Official, *, config: TrustConfig, by: Actor, at: datetime
) -> tuple[Official, Verdict]:
    """Add an entry to the registry where it may stand there; the verdict is journaled."""
    await store.lock_registry(tx)
    verdict = rules.may_register(entry, await store.officials(tx), config.policy)
    value = rules.canonical(entry.kind, entry.value)
    kept = replace(entry, id=new_id("of-"), value=value or entry.value, shown=entry.value.strip())
    body: JsonObject = {"entry": kept.id, "kind": kept.kind, "value": kept.value}
    body |= {"since": kept.since.isoformat()}
    body |= {"until": kept.until.isoformat() if kept.until else None}
    if verdict.allowed:
        await store.add_official(tx, kept, by=str(by), at=at)
    kind = "trust.official-added" if verdict.allowed else "trust.official-refused"
    await journal(tx, stream=STREAM, kind=kind, by=by, body=body, at=at, verdict=verdict)
    return kept, verdict


async def end_official(
    tx: Transaction, entry: str, *, until: datetime, why: str, by: Actor, at: datetime
) -> Official:
    """Let an entry end; it stays, so that it can be said that it was ours. Raises ``NotFound``."""
    await store.lock_registry(tx)
    ended = await store.end_official(tx, entry, until=until, why=why, by=str(by))
    if ended is None:
        raise NotFound("there is no such entry that is in force then")
    body: JsonObject = {"entry": entry, "kind": ended.kind, "value": ended.value}
    body |= {"until": until.isoformat(), "why": why}
    await journal(tx, stream=STREAM, kind="trust.official-ended", by=by, body=body, at=at)
    return ended


async def import_officials(
    tx: Transaction, path: Path, *, config: TrustConfig, by: Actor, at: datetime
) -> Imported:
    """Bring a file's entries in; an entry that is there already is passed over.

    YAML (a list of tables) or CSV, with ``kind``, ``value``, ``zh``, ``en``, ``since`` and, where
    it ends, ``until``. Raises :class:`Invalid` naming the entry for a file that is malformed.
    """
    read = read_officials(path)
    there = {(one.kind, one.value, one.since, one.until): one for one in await store.officials(tx)}
    added = unchanged = 0
    refused: list[tuple[int, tuple[str, ...]]] = []
    for number, entry in enumerate(read, start=1):
        value = rules.canonical(entry.kind, entry.value)
        if (entry.kind, value, entry.since, entry.until) in there:
            unchanged += 1
            continue
        _, verdict = await add_official(tx, entry, config=config, by=by, at=at)
        added += verdict.allowed
        if not verdict.allowed:
            refused.append((number, verdict.codes))
    return Imported(added, unchanged, tuple(refused))


def read_officials(path: Path) -> list[Official]:
    """Read a file of entries. Raises :class:`Invalid` naming the entry that is wrong."""
    if path.stat().st_size > _LONGEST_FILE:
        raise Invalid(f"{path.name} is too large for a registry")
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".csv":
        rows: object = list(csv.DictReader(StringIO(text)))
    else:
        try:
            rows = parse_yaml(text)
        except yaml.YAMLError as error:
            raise Invalid(f"{path.name} is no YAML: {error}") from error
    if not isinstance(rows, list):
        raise Invalid(f"{path.name} is no list of entries")
    return [_entry(row, f"{path.name}, entry {number}") for number, row in enumerate(rows, start=1)]


def _entry(row: object, where: str) -> Official:
    if not isinstance(row, Mapping):
        raise Invalid(f"{where}: it is no table")
    strange = sorted(str(name) for name in row.keys() - set(_COLUMNS))
    if strange:
        raise Invalid(f"{where}: there is no {', '.join(strange)}")
    words = {name: str(row.get(name) or "").strip() for name in ("kind", "value", "zh", "en")}
    lacking = [name for name, word in words.items() if not word]
    if lacking:
        raise Invalid(f"{where}: {', '.join(lacking)} is missing")
    if words["kind"] not in list(OfficialKind):
        raise Invalid(f"{where}: kind must be one of {', '.join(OfficialKind)}")
    since, until = _time(row.get("since"), where), _time(row.get("until"), where)
    if since is None:
        raise Invalid(f"{where}: since is missing")
    if until is not None and until <= since:
        raise Invalid(f"{where}: it ends before it begins")
    kind = OfficialKind(words["kind"])
    return Official("", kind, words["value"], words["zh"], words["en"], since, until)


def _time(written: object, where: str) -> datetime | None:
    """A day begins at midnight in Shanghai; a time without a zone is Shanghai's."""
    if written is None or written == "":
        return None
    if not isinstance(written, date):
        try:
            written = datetime.fromisoformat(str(written).strip())
        except ValueError:
            raise Invalid(f"{where}: {written!r} is no time") from None
    if not isinstance(written, datetime):
        written = datetime.combine(written, time(0))
    return written if written.tzinfo else written.replace(tzinfo=home().zone)
