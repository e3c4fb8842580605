"""How well machines are told from people: error, time, and where the message begins. Prints JSON.

    python -m bench.machines [--half held|tuned] [--copies 10] [--seed 1] [--set greeting=2.4 …]

Every made-up callee of `bench.callees` goes through what the line listens with (`hearing.Stream`)
and through the rule of campaigns, as fast as the processor can. Thresholds were set on the half
`tuned`; what is published is measured on `held`, which shares no text and no voice with it. The
intervals are Wilson's with as many trials as there are recordings: calls of the same recording are
not independent. What this cannot tell is how real callees speak: no real one is in it.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.callees import Callee, callees
from cardline.adapters.sip.listener.hearing import Stream, Stretch
from cardline.core.policy import load_area
from cardline.outreach.campaigns.machine_model import Heard, Judgement, MachineRule, Undecided
from cardline.outreach.campaigns.machine_policy import machine_policy
from cardline.outreach.campaigns.rules.intervals import share
from cardline.outreach.campaigns.rules.machines import judge_callee, message_moment

Z = 1.959964
_LOOK = 0.02


@dataclass(frozen=True, slots=True)
class Judged:
    """One callee, and what was made of it."""

    callee: Callee
    judgement: Judgement
    message_at: float | None
    """When the message would begin, where a machine was recognised; None: never."""


def judged(callee: Callee, rule: MachineRule) -> Judged:
    """Listen to a callee as the line and the application do."""
    stream = Stream()
    heard: dict[tuple[str, float], Heard] = {}
    found: Judgement | None = None
    look_at = 0.0
    packets = iter(callee.packets)
    following = next(packets, None)
    now = 0.0
    while now < rule.message_limit:
        stretches: list[Stretch] = []
        while following is not None and following[0] <= now:
            at, stamp, codes = following
            stretches += stream.take(stamp, codes, callee.law, at)
            following = next(packets, None)
        stretches += stream.silence_until(now)
        for one in stretches:
            heard[one.kind, one.began] = Heard(one.kind, max(0.0, one.began), one.ended)
        if stretches or now >= look_at:
            known = sorted(heard.values(), key=lambda one: one.began)
            if found is None:
                said = judge_callee(known, rule, now=now)
                if isinstance(said, Judgement):
                    found = said
                    if found.callee != "machine":
                        return Judged(callee, found, None)
                else:
                    look_at = said.look_at
            if found is not None:
                moment = message_moment(known, rule, now=now)
                if not isinstance(moment, Undecided):
                    return Judged(callee, found, now if moment == "now" else None)
                look_at = moment.look_at
        now = round(now + _LOOK, 6)
    assert found is not None, "the rule has bounds"
    return Judged(callee, found, None)


def told(results: Sequence[Judged], rule: MachineRule) -> dict[str, object]:
    """Put the figures together."""
    people = [one for one in results if one.callee.is_person]
    machines = [one for one in results if not one.callee.is_person]
    times = sorted(one.judgement.after for one in results)
    left = [one for one in machines if one.callee.tone_ends is not None and one.message_at]
    after = sorted((one.message_at or 0) - (one.callee.tone_ends or 0) for one in left)
    return {
        "calls": len(results),
        "recordings": {
            "people": len({one.callee.recording for one in people}),
            "machines": len({one.callee.recording for one in machines}),
        },
        "false_machine": _error(people, wrong={"machine"}),
        "false_person": _error(machines, wrong={"person", "unknown"}),
        "people": _by_kind(people, wrong={"machine"}),
        "machines": _by_kind(machines, wrong={"person", "unknown"}),
        "people_by_noise": _by({"machine"}, [(one.callee.noise, one) for one in people]),
        "machines_by_noise": _by(
            {"person", "unknown"}, [(one.callee.noise, one) for one in machines]
        ),
        "machines_by_loss": _by(
            {"person", "unknown"}, [(f"{one.callee.loss:.0%}", one) for one in machines]
        ),
        "decided_after_s": {
            "all": _quantiles(times),
            "people": _quantiles(sorted(one.judgement.after for one in people)),
            "machines": _quantiles(sorted(one.judgement.after for one in machines)),
        },
        "message": {
            "with_a_tone": len(left),
            "begun_before_the_tone_was_over": sum(one < -0.02 for one in after),
            "begun_after_it_s": _quantiles([one for one in after if one >= -0.02]),
        },
        "rule": {
            name: getattr(rule, name)
            for name in ("word", "pause", "greeting", "tone", "wait", "limit", "message_quiet")
        },
    }


def _error(results: Sequence[Judged], *, wrong: set[str]) -> dict[str, object]:
    hits = sum(one.judgement.callee in wrong for one in results)
    recordings = len({one.callee.recording for one in results})
    value = hits / len(results) if results else 0.0
    interval = share(round(value * recordings), recordings, z=Z)
    low, high = min(interval.low, value), max(interval.high, value)
    return {
        "wrong": hits,
        "of": len(results),
        "share": round(value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _by_kind(results: Sequence[Judged], *, wrong: set[str]) -> dict[str, object]:
    return _by(wrong, [(one.callee.kind, one) for one in results])


def _by(wrong: set[str], pairs: Iterable[tuple[str, Judged]]) -> dict[str, object]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for name, one in pairs:
        groups[name].append(one)
    return {name: _error(group, wrong=wrong) for name, group in sorted(groups.items())}


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    if not times:
        return {}
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    last = len(times) - 1
    return {name: round(times[min(last, int(part * len(times)))], 2) for name, part in at.items()}


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.machines", description=__doc__)
    parser.add_argument("--half", choices=("held", "tuned"), default="held")
    parser.add_argument("--copies", type=int, default=10, help="calls of each recording and kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=SECONDS")
    chosen = parser.parse_args()
    rule = machine_policy(load_area("campaigns")).rule
    changes: dict[str, Any] = {
        name: float(value) for name, _, value in (one.partition("=") for one in chosen.set)
    }
    rule = replace(rule, **changes)
    began = time.process_time()
    results = [
        judged(callee, rule)
        for callee in callees(chosen.half, copies=chosen.copies, seed=chosen.seed)
    ]
    heard = sum(len(one.callee.packets) for one in results) / 50
    spent = time.process_time() - began
    figures = told(results, rule)
    print(
        json.dumps(
            {
                "bench": "machines",
                "half": chosen.half,
                "seed": chosen.seed,
                "copies": chosen.copies,
                **figures,
                "cpu_s": round(spent, 2),
                "sound_s": round(heard),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
