"""Measure the suggestions for complaints: ``python -m tools.measure_complaints``.

Writes the figures into ``docs/reference/complaints-classifier.md``. The English part reads
``../shared/data`` beside the checkout; where that is missing it says so and changes nothing.
``--check`` measures and only compares; ``--wrong`` lists what was not suggested rightly.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from cardline.complaints.classifying.model import Suggested
from cardline.complaints.classifying.reading import load_vocabulary
from cardline.complaints.classifying.rules import suggest
from tools.complaints import material
from tools.complaints.material import Sample

CARD = material.ROOT / "docs" / "reference" / "complaints-classifier.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_SETS = ("Chinese, `built`", "Chinese, `fresh`", "English, test half")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write. Returns 1 where ``--check`` finds other figures in the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true")
    options.add_argument("--wrong", choices=("built", "fresh", "english"))
    chosen = options.parse_args(arguments)
    if chosen.wrong and (chosen.wrong != "english" or material.NARRATIVES.is_file()):
        wanted = material.english() if chosen.wrong == "english" else material.chinese(chosen.wrong)
        print("\n".join(wrong(wanted)))
        return 0
    if not material.NARRATIVES.is_file():
        print(f"skipped: the narratives are not at {material.NARRATIVES}")
        return 0
    card = CARD.read_text(encoding="utf-8")
    before, _, rest = card.partition(BEGIN)
    written = f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"
    if chosen.check:
        print("the page has these figures" if written == card else "the page has other figures")
        return 0 if written == card else 1
    CARD.write_text(written, encoding="utf-8")
    print(table())
    return 0


def suggested(sample: Sample) -> Suggested:
    """Return what is suggested for a sample."""
    return suggest(sample.text, load_vocabulary())


def table() -> str:
    """Return all figures as a page shows them."""
    sets = (material.chinese("built"), material.chinese("fresh"), material.english())
    lines = [
        (
            "| complaints | how many | issue right | none suggested | wrong | right one among the "
            "first three | always the commonest issue |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, samples in zip(_SETS, sets, strict=True):
        one = figures(samples)
        shares = " | ".join(_percent(one[key], len(samples)) for key in _COLUMNS)
        lines.append(f"| {name} | {len(samples)} | {shares} |")
    lines += ["", "| severity | right | always middle |", "|---|---:|---:|"]
    for name, samples in zip(_SETS[:2], sets[:2], strict=True):
        right = sum(suggested(one).severity.code == one.severity for one in samples)
        middle = sum(one.severity == "middle" for one in samples)
        lines.append(
            f"| {name} | {_percent(right, len(samples))} | {_percent(middle, len(samples))} |"
        )
    return "\n".join(lines)


_COLUMNS = ("right", "none", "wrong", "among", "majority")


def figures(samples: Sequence[Sample]) -> dict[str, int]:
    """Count over samples. One that fits no label (``other``) is right where none is suggested."""
    counted = dict.fromkeys(_COLUMNS, 0)
    for one in samples:
        found = suggested(one).issue
        right = found.code == one.issue or (one.issue == "other" and not found.code)
        counted["right"] += right
        counted["none"] += not right and not found.code
        counted["wrong"] += not right and bool(found.code)
        counted["among"] += right or one.issue in [each.code for each in found.candidates[:3]]
    counted["majority"] = Counter(one.issue for one in samples).most_common(1)[0][1]
    return counted


def wrong(samples: Sequence[Sample]) -> list[str]:
    """Return a line for each sample that was not suggested rightly."""
    lines = []
    for one in samples:
        found = suggested(one)
        issue = found.issue.code or "other"
        if issue != one.issue or one.severity not in ("", found.severity.code):
            weights = " ".join(f"{each.code}:{each.weight}" for each in found.issue.candidates[:3])
            lines.append(
                f"{one.issue}/{one.severity} -> {issue}/{found.severity.code} "
                f"[{weights}] {one.text[:80]}"
            )
    return lines


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


if __name__ == "__main__":
    sys.exit(main())
