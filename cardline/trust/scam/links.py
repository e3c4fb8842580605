"""Links in a text, and what each of them is. Linear in the length of the text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cardline.trust.scam.model import Institution, Link, LinkKind, Registry
from cardline.trust.scam.text import skeleton

_HOST_LETTERS = r"a-z0-9\-\u00c0-\u024f\u0370-\u052f"
_LABEL = rf"[{_HOST_LETTERS}]{{1,63}}"
_ADDRESS = re.compile(
    rf"(?:(?:h[tx]{{2}}ps?|ftp)\s?:\s?/{{1,3}}(?P<authority>[^\s/?#|,，。；;、！）)】>\"'“”]{{1,300}})"
    rf"|(?<![{_HOST_LETTERS}.@])(?P<host>(?:{_LABEL}\.){{1,8}}[a-z\u0370-\u052f\-0-9]{{2,24}}))"
    r"(?::\d{1,5})?(?P<path>/[!-~]{0,200})?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\d{8,10}|0x[0-9a-f]{6,8}", re.IGNORECASE)
_TOKEN = re.compile(r"(?<![A-Za-z])URL")
"""What stands for a link in the data set of false-base-station messages."""
_LEADING = re.compile(rf"[{_HOST_LETTERS}.]+", re.IGNORECASE)
_PROGRAM = re.compile(r"\.(?:apk|exe|msi|dmg|ipa|hta|scr|bat)(?:$|[?#])", re.IGNORECASE)
MOST: Final = 50
"""Links that are looked at; a text with more is judged by these."""


@dataclass(frozen=True)
class LinkRules:
    """What a bank may add to: short links, cheap top-level domains, and which there are at all."""

    short: frozenset[str]
    odd: frozenset[str]
    known: frozenset[str]
    """Top-level domains by which a host is known where no ``http`` stands before it."""
    second: frozenset[str]
    """``com.cn`` and the like: below them names are given out."""


def links_in(text: str, *, registry: Registry, rules: LinkRules) -> tuple[Link, ...]:
    """Return the links of a text (its plain form), each host once."""
    found: dict[str, Link] = {}
    for host, path, tricked in _hosts(text, rules):
        if host not in found:
            kind = LinkKind.LOOK_ALIKE if tricked else kind_of(host, registry=registry, rules=rules)
            if kind is LinkKind.UNREGISTERED and _PROGRAM.search(path):
                kind = LinkKind.ODD
            found[host] = Link(host, kind)
        if len(found) >= MOST:
            break
    if _TOKEN.search(text):
        found.setdefault("", Link("", LinkKind.UNREGISTERED))
    return tuple(found.values())


def kind_of(host: str, *, registry: Registry, rules: LinkRules) -> LinkKind:
    """Say what a host is (lower case)."""
    if _NUMBERS.fullmatch(host):
        return LinkKind.ADDRESS
    if _below(host, registry.own.domains):
        return LinkKind.OFFICIAL
    if any(_below(host, one.domains) for one in registry.others.values()):
        return LinkKind.OTHER
    if not host.isascii() or "xn--" in host or _imitates(host, registry, rules):
        return LinkKind.LOOK_ALIKE
    if _below(host, rules.short):
        return LinkKind.SHORT
    if host.rpartition(".")[2] in rules.odd:
        return LinkKind.ODD
    return LinkKind.UNREGISTERED


def without_links(text: str, token: str) -> str:
    """Return a text with a token in the place of every link."""
    return _TOKEN.sub(token, _ADDRESS.sub(token, text))


def _hosts(text: str, rules: LinkRules) -> Iterator[tuple[str, str, bool]]:
    """Yield host, path, and whether the address itself deceives (``real.bank@other.host``)."""
    for match in _ADDRESS.finditer(text):
        authority = match.group("authority")
        if authority is not None:
            before, at, name = authority.rpartition("@")
            leading = _LEADING.match(name)
            host = _bare((leading.group() if leading else name).partition(":")[0])
            if host:
                yield host, match.group("path") or "", bool(at and "." in before)
            continue
        host = _bare(match.group("host"))
        path = match.group("path") or ""
        top = host.rpartition(".")[2]
        numeric = bool(_NUMBERS.fullmatch(host))
        if host.startswith("www.") or top in rules.known or (numeric and path):
            yield host.removeprefix("www."), path, False


def _bare(host: str) -> str:
    host = host.casefold().strip(".-")
    return host.removeprefix("www.") if host.count(".") > 1 else host


def _below(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)


def _imitates(host: str, registry: Registry, rules: LinkRules) -> bool:
    """True where a host carries the name of an institution whose domain it is not."""
    names = set().union(*(_names(one, rules) for one in (registry.own, *registry.others.values())))
    written = host.split(".")[:-1]
    labels = [skeleton(label) for label in written]
    pieces = {piece for label in written for piece in re.split(r"[-_]", label)}
    pieces |= {piece.strip("0123456789") for piece in pieces}
    parts = {skeleton(piece) for piece in pieces}
    for name in names:
        if name in parts:
            return True
        if len(name) >= 5 and any(name in label or _one_apart(name, label) for label in labels):
            return True
        if len(name) == 4 and any(len(part) == 5 and _one_apart(name, part) for part in parts):
            return True
    return False


def _names(one: Institution, rules: LinkRules) -> set[str]:
    """Return the names that the domains of an institution are known by, as skeletons."""
    names = set()
    for domain in one.domains:
        labels = domain.split(".")
        tail = 2 if ".".join(labels[-2:]) in rules.second else 1
        names.add(skeleton(labels[-tail - 1] if len(labels) > tail else labels[0]))
    return names


def _one_apart(one: str, other: str) -> bool:
    """True where a single letter was changed, added, left out, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    swapped = len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
