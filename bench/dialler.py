"""A simulated day of dialling: agents' occupancy against abandonment, predictive and progressive.

    python -m bench.dialler [--agents 20] [--days 10]

On a virtual clock with the rule that really dials; nothing is timed. Prints JSON: for each mode the
occupancy, the abandonment and the talks over all days, and by how much predictive dialling within
the limit beats progressive dialling. Fails (status 1) where the limit was passed at any moment, or
where the factor is below the goal.
"""

import argparse
import json
import sys
from dataclasses import replace
from statistics import mean

from cardline.core.policy import load_area
from cardline.outreach.campaigns.model import Mode
from cardline.outreach.campaigns.policy import campaign_policy
from cardline.sim.dialling_day import Day, Ended, live_through

GOAL = 1.15
"""Occupancy of predictive dialling against progressive, on the same agents and people."""


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.dialler", description=__doc__)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--days", type=int, default=10)
    chosen = parser.parse_args()
    policy = campaign_policy(load_area("campaigns"))
    day = Day(
        agents=chosen.agents,
        ring=policy.ring.total_seconds(),
        limit=policy.abandonment_limit,
        lines_an_agent=policy.lines_an_agent,
        supposed_rate=policy.answer_rate,
        samples=policy.answer_samples,
    )
    told = {}
    for mode in (Mode.PROGRESSIVE, Mode.PREDICTIVE):
        days = [live_through(day, mode, seed) for seed in range(chosen.days)]
        told[mode.value] = _told(days)
    small = replace(day, agents=5)
    days = [live_through(small, Mode.PREDICTIVE, seed) for seed in range(chosen.days)]
    told["predictive, 5 agents"] = _told(days)
    days = [live_through(small, Mode.PROGRESSIVE, seed) for seed in range(chosen.days)]
    told["progressive, 5 agents"] = _told(days)
    progressive, predictive = told["progressive"], told["predictive"]
    factor = predictive["occupancy"] / progressive["occupancy"]
    talks = predictive["talks_an_agent_hour"] / progressive["talks_an_agent_hour"]
    within = all(one["worst_excess"] == 0 for one in told.values())
    passed = within and factor >= GOAL
    found = {
        "what": "a simulated day of dialling",
        "agents": chosen.agents,
        "days": chosen.days,
        "limit": day.limit,
        "modes": told,
        "occupancy_factor": round(factor, 3),
        "talks_factor": round(talks, 3),
        "within_limit_at_every_moment": within,
        "goal": GOAL,
        "passed": passed,
    }
    print(json.dumps(found, indent=2))
    return 0 if passed else 1


def _told(days: list[Ended]) -> dict[str, float]:
    hours = sum(one.on_duty for one in days) / 3600
    return {
        "occupancy": round(mean(one.occupancy for one in days), 4),
        "abandonment": round(
            sum(one.abandoned for one in days) / max(1, sum(one.answered for one in days)), 4
        ),
        "talks_an_agent_hour": round(sum(one.talks for one in days) / hours, 2),
        "dialled": sum(one.dialled for one in days),
        "answered": sum(one.answered for one in days),
        "abandoned": sum(one.abandoned for one in days),
        "worst_excess": max(one.worst_excess for one in days),
    }


if __name__ == "__main__":
    sys.exit(main())
