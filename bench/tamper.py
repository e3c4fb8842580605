"""A thousand random alterations of single rows, each found and located? Prints JSON.

``python -m bench.tamper [--times 1000] [--seed 1]``
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from bench.tampering import Tamperer
from bench.vault import Vault, breaches_seen, tampering
from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.adapters.postgres.privileges import APPLICATION


async def _measure(folder: Path, times: int, seed: int) -> dict[str, object]:
    async with EmbeddedPostgres(folder) as server:
        await migrate(server.url, application=APPLICATION)
        async with Database(server.application_url) as database:
            vault = Vault(database, folder)
            await vault.fill()
            published = await vault.published()
            before = await vault.breaches(published)
        kinds: Counter[str] = Counter()
        missed: list[str] = []
        begun = time.monotonic()
        async with tampering(server.url) as owner:
            tamperer = Tamperer(owner, Random(seed))
            for _ in range(times):
                async with owner.transaction(force_rollback=True):
                    done = await tamperer.tamper()
                    found = await breaches_seen(owner, published)
                kinds[f"{done.table}: {done.what}"] += 1
                if not done.is_located_by(found):
                    missed.append(f"{done}: {found}")
    return {
        "tamperings": times,
        "found_and_located": times - len(missed),
        "kinds": dict(sorted(kinds.items())),
        "missed": missed[:20],
        "untouched_holds": not before,
        "seconds": round(time.monotonic() - begun, 1),
        "passed": not missed and not before,
    }


def main() -> None:
    """Measure, print, and end with 1 where one was missed."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--times", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(_measure(Path(folder), given.times, given.seed))
    print(json.dumps(told, indent=2, ensure_ascii=False))
    sys.exit(0 if told["passed"] else 1)


if __name__ == "__main__":
    main()
