"""Make the learned model of scams: ``python -m tools.train_scam``.

Reads ``../shared/data`` beside the checkout (and says so where it is missing), writes
``cardline/trust/scam/learned`` and the figures in ``docs/reference/scam-model.md``. One core, less
than three minutes, the same result every time. ``--check`` makes it anew and only compares.
"""

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardline.core.policy import load_area
from cardline.trust.scam.catalogue import load_signals
from cardline.trust.scam.learned import FOLDER, GROUPS, Learned
from cardline.trust.scam.model import Judgement, Kind, Message, Registry, ScamPolicy
from cardline.trust.scam.policy import scam_policy
from cardline.trust.scam.registry import load_registry
from cardline.trust.scam.rules import judge
from cardline.trust.scam.text import read
from tools.scam import learning, material
from tools.scam.material import Sample

CARD = material.ROOT / "docs" / "reference" / "scam-model.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_AT = datetime(2026, 11, 27, tzinfo=UTC)
_WEIGHT_OF_CALLS = 0.3
_WEIGHT_OF_ORDINARY = 1.5
_STEPS = 127


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure, write. Returns 1 where ``--check`` finds another model shipped."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args(arguments)
    if not material.MESSAGES.is_file() or not material.CALLS.is_file():
        print(f"skipped: the data sets are not at {material.DATA}")
        return 0
    samples = gather()
    model, raw, step = train(samples)
    if chosen.check:
        same = (FOLDER / "weights.bin").read_bytes() == raw
        print("the shipped model is this one" if same else "the shipped model is another one")
        return 0 if same else 1
    about: dict[str, Any] = {
        "version": model.version,
        "groups": list(GROUPS),
        "step": step,
        "bias": model.bias,
        "crc32": zlib.crc32(raw),
        "figures": figures(model, samples),
    }
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "weights.bin").write_bytes(raw)
    written = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    (FOLDER / "model.json").write_text(written, encoding="utf-8")
    write_card(about["figures"])
    print(json.dumps(about["figures"], ensure_ascii=False, indent=1))
    return 0


def gather() -> list[Sample]:
    """Read and split all that there is."""
    return [*material.messages(), *material.calls(), *material.ordinary()]


def train(samples: Sequence[Sample]) -> tuple[Learned, bytes, float]:
    """Fit on the training part; return the model as it will be read again, its bytes, its step."""
    known = [one for one in samples if one.part == "train"]
    wanted = np.array([one.scam for one in known], dtype=np.float64)
    rows = learning.rows_of([one.form for one in known])
    weights, bias = learning.fit(rows, wanted, _importance(known))
    step = float(np.abs(weights).max() / _STEPS)
    steps = np.clip(np.rint(weights / step), -_STEPS, _STEPS).astype(np.int8)
    raw = steps.tobytes()
    bias = round(bias, 4)
    version = f"{_AT.date().isoformat()}-{zlib.crc32(raw):08x}"
    return Learned(version, steps.astype(np.float32) * step, bias), raw, step


def _importance(known: Sequence[Sample]) -> NDArray[np.float64]:
    """Weigh samples: a text that was sent a hundred times counts ten times, not a hundred."""
    sizes = Counter((one.cls, one.cluster) for one in known)

    def weight(one: Sample) -> float:
        if one.cls.startswith("ORDINARY"):
            return float(_WEIGHT_OF_ORDINARY / sizes[one.cls, one.cluster] ** 0.5)
        source = _WEIGHT_OF_CALLS if one.cls.startswith("CALL") else 1.0
        return float(source / sizes[one.cls, one.cluster] ** 0.5)

    return np.array([weight(one) for one in known])


def judged(model: Learned | None, text: str, *, kind: Kind = "message") -> Judgement:
    """Judge a text without a sender, as ``cardline check-message --file`` does."""
    return judge(
        Message(text, "", kind),
        registry=_registry(),
        signals=load_signals(),
        model=model,
        policy=_policy(),
        at=_AT,
    )


@cache
def _registry() -> Registry:
    return load_registry()


@cache
def _policy() -> ScamPolicy:
    return scam_policy(load_area("scam"))


def figures(model: Learned, samples: Sequence[Sample]) -> dict[str, Any]:
    """Measure on the test part, and on the ordinary messages that training never saw.

    ``flagged``: share of a class with the verdict scam; by rules and model together (what holders
    get), by the rules alone, and by the model alone from the policy's threshold.
    """
    test = [one for one in samples if one.part == "test"]
    by_class: dict[str, Counter[str]] = {}
    for one in test:
        _count(by_class.setdefault(one.cls, Counter()), model, one.text, one.cls)
    classes = {cls: _shares(counted) for cls, counted in sorted(by_class.items())}
    for cls, path in (("ORDINARY_held_out", material.HELD_OUT), ("ORDINARY_fresh", material.FRESH)):
        counted: Counter[str] = Counter()
        for text in material.held_out(path):
            _count(counted, model, text, cls)
        classes[cls] = _shares(counted)
    return {
        "samples": {
            part: sum(one.part == part for one in samples) for part in ("train", "choose", "test")
        },
        "clusters_of_messages": len({one.cluster for one in samples if one.cls[2:3] == "_"}),
        "classes": classes,
        "messages": {how: _precision(by_class, how) for how in ("together", "rules", "model")},
    }


def _count(counted: Counter[str], model: Learned, text: str, cls: str) -> None:
    kind: Kind = "call" if cls.startswith("CALL") else "message"
    counted["all"] += 1
    counted["together"] += judged(model, text, kind=kind).verdict == "scam"
    counted["rules"] += judged(None, text, kind=kind).verdict == "scam"
    likely = model.judge(read(text)).likely
    counted["model"] += likely >= _policy().model_from


def _shares(counted: Counter[str]) -> dict[str, float | int]:
    shares: dict[str, float | int] = {"all": counted["all"]}
    for how in ("together", "rules", "model"):
        shares[how] = round(counted[how] / counted["all"], 4)
    return shares


def _precision(by_class: dict[str, Counter[str]], how: str) -> dict[str, float]:
    """Precision and recall over the messages: fraud and illegal offers against all the rest."""
    messages = {cls: one for cls, one in by_class.items() if not cls.startswith("CALL")}
    scams = [one for cls, one in messages.items() if cls.startswith(("FR_", "IL_"))]
    flagged = sum(one[how] for one in messages.values())
    right = sum(one[how] for one in scams)
    return {
        "precision": round(right / flagged, 4),
        "recall": round(right / sum(one["all"] for one in scams), 4),
    }


def write_card(measured: dict[str, Any]) -> None:
    """Put the figures between their marks in the model card."""
    card = CARD.read_text(encoding="utf-8")
    before, _, rest = card.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = ["| class | test messages | rules and model | rules alone | model alone |"]
    lines.append("|---|---:|---:|---:|---:|")
    for cls, one in measured["classes"].items():
        shares = " | ".join(f"{100 * one[how]:.1f} %" for how in ("together", "rules", "model"))
        lines.append(f"| `{cls}` | {one['all']} | {shares} |")
    lines.append("")
    lines.append("| messages, scam (`FR_*`, `IL_*`) against the rest | precision | recall |")
    lines.append("|---|---:|---:|")
    for how, one in measured["messages"].items():
        name = {"together": "rules and model", "rules": "rules alone", "model": "model alone"}[how]
        lines.append(f"| {name} | {100 * one['precision']:.1f} % | {100 * one['recall']:.1f} % |")
    parts = ", ".join(f"{count} {part}" for part, count in measured["samples"].items())
    lines.append("")
    lines.append(f"Samples: {parts}; {measured['clusters_of_messages']} clusters of messages.")
    CARD.write_text(
        f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
