"""What is official, from a file. The registry is an argument of every rule: whoever has a better
one passes it on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml

from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml
from cardline.trust.model import Official, OfficialKind
from cardline.trust.scam.model import Institution, KnownScam, Registry
from cardline.trust.scam.senders import number_of
from cardline.trust.scam.text import bones

FILE: Final = Path(__file__).parent / "official.yaml"
_KEYS = frozenset({"names", "numbers", "prefixes", "domains"})


class RegistryError(CardlineError):
    """The registry's file is not well formed; the message names the entry."""

    code = "registry"


def load_registry(path: Path = FILE) -> Registry:
    """Read a registry. Raises :class:`RegistryError` with the file and the entry."""
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(f"the registry {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegistryError(f"{path}: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("bank"), dict):
        raise RegistryError(f"{path} needs an entry bank")
    others = raw.get("others") or {}
    if not isinstance(others, dict):
        raise RegistryError(f"{path}: others must be names with their entries")
    return Registry(
        own=_institution(raw["bank"], f"{path}: bank"),
        others={str(name): _institution(one, f"{path}: {name}") for name, one in others.items()},
    )


def with_own(registry: Registry, more: Institution) -> Registry:
    """Return the registry with more names, numbers and domains of the bank itself."""
    own = Institution(
        names=registry.own.names | more.names,
        numbers=registry.own.numbers | more.numbers,
        prefixes=(*registry.own.prefixes, *more.prefixes),
        domains=registry.own.domains | more.domains,
    )
    return replace(registry, own=own)


def with_officials(registry: Registry, officials: Iterable[Official]) -> Registry:
    """Return the registry with what the bank's own register holds: numbers, senders, domains."""
    by_kind: dict[OfficialKind, list[str]] = {kind: [] for kind in OfficialKind}
    for one in officials:
        by_kind[one.kind].append(one.shown or one.value)
    more = institution(
        names=by_kind[OfficialKind.SENDER],
        numbers=by_kind[OfficialKind.NUMBER],
        domains=[host_of(one) for one in by_kind[OfficialKind.DOMAIN]],
    )
    return with_own(registry, more)


def with_scams(registry: Registry, scams: Iterable[KnownScam]) -> Registry:
    """Return the registry with these known scams."""
    return replace(registry, scams=tuple(scams))


def institution(
    *,
    names: Iterable[str] = (),
    numbers: Iterable[str] = (),
    prefixes: Iterable[str] = (),
    domains: Iterable[str] = (),
) -> Institution:
    """Bring names, numbers and domains to the forms in which they are compared."""
    return Institution(
        names=frozenset(bones(name) for name in names) - {""},
        numbers=frozenset(number_of(number) for number in numbers) - {""},
        prefixes=tuple(sorted(number_of(one) for one in prefixes if number_of(one))),
        domains=frozenset(domain.casefold().strip(". ") for domain in domains) - {""},
    )


def host_of(address: str) -> str:
    """Return the host of an address or of a bare domain, without ``www.``."""
    return (urlsplit(f"//{address.partition('//')[2] or address}").hostname or "").removeprefix(
        "www."
    )


def _institution(entry: object, where: str) -> Institution:
    if not isinstance(entry, Mapping):
        raise RegistryError(f"{where} needs names, numbers, domains")
    unknown = set(map(str, entry)) - _KEYS
    if unknown:
        raise RegistryError(f"{where}: {', '.join(sorted(unknown))} is not known")
    lists: dict[str, list[str]] = {}
    for key in _KEYS:
        value = entry.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise RegistryError(f"{where}: {key} must be a list of texts; put numbers in quotes")
        lists[key] = value
    wrong = [one for one in lists["numbers"] + lists["prefixes"] if not number_of(one)]
    if wrong:
        raise RegistryError(f"{where}: {wrong[0]!r} is no number")
    return institution(
        names=lists["names"],
        numbers=lists["numbers"],
        prefixes=lists["prefixes"],
        domains=lists["domains"],
    )
