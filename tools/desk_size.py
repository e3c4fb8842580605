"""What a browser loads before the desk shows its first screen: ``python -m tools.desk_size``."""

import gzip
import json
import sys
from pathlib import Path

BUILT = Path(__file__).parent.parent / "cardline" / "app" / "static" / "desk"
MOST_KB = 300.0
"""Gzip, scripts and styles together (DESIGN.md, issue 3)."""
FIRST = ("index.html", "src/texts/zh/index.ts", "src/screens/home/Home.tsx")
"""The entry, the language most people read, and the screen they see first."""


def first_load() -> dict[str, int]:
    """Return the size in bytes, compressed, of every file of the first load, by its name."""
    manifest = json.loads((BUILT / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    names: set[str] = set()
    left = list(FIRST)
    while left:
        chunk = manifest[left.pop()]
        new = {chunk["file"], *chunk.get("css", ())} - names
        names |= new
        left += chunk.get("imports", ()) if new else ()
    return {name: len(gzip.compress((BUILT / name).read_bytes(), 9)) for name in names}


def main() -> int:
    """Print the sizes; return 1 where the first load is too large."""
    sizes = first_load()
    total = sum(sizes.values()) / 1000
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size / 1000:7.1f} kB  {name}")
    print(f"{total:7.1f} kB  first load, gzip; at most {MOST_KB:.0f}")
    return 1 if total > MOST_KB else 0


if __name__ == "__main__":
    sys.exit(main())
