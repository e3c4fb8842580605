"""What is official, from a file. The registry is an argument of every rule: whoever has a better
one passes it on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import yaml

from cardline.core.errors import CardlineError
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
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
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


def with_own(registry: Registry, *, names: Iterable[str], numbers: Iterable[str]) -> Registry:
    """Return the registry with more names and numbers of the bank itself."""
    own = institution(names=names, numbers=numbers)
    added = replace(
        registry.own,
        names=registry.own.names | own.names,
        numbers=registry.own.numbers | own.numbers,
    )
    return replace(registry, own=added)


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
