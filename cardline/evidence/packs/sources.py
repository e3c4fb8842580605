"""The registry of what goes into packs: areas offer a read function, ``app`` ties them together."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from cardline.cards.model import Language
from cardline.core.transaction import Transaction
from cardline.evidence.packs.model import Part, Source, Subject

Read = Callable[[Transaction, Subject], Awaitable[Part]]

_FILE = Path(__file__).with_name("sources.toml")


def sources(reads: Mapping[str, Read]) -> tuple[Source, ...]:
    """Return the sources in the order in which ``sources.toml`` names them.

    Raises ``KeyError`` for a name that has no title there.
    """
    titles: dict[str, dict[Language, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    order = list(titles)
    known = sorted(reads, key=order.index)
    return tuple(Source(name, titles[name], reads[name]) for name in known)
