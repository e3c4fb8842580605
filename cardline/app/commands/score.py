"""``score train`` and ``score due``: who will miss the due date, and what to do about it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cardline.app.commandline import (
    DEFAULT_HOME,
    AsJson,
    Database,
    Home,
    app,
    fail,
    print_json,
    say,
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.training import Example, read_examples
from cardline.app.wiring import Parts
from cardline.core.calendar import business_day
from cardline.core.clock import utc_now
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject
from cardline.outreach.scoring.learning import is_set_aside, judge, learn
from cardline.outreach.scoring.model import Costs, Decision, NeedModel
from cardline.outreach.scoring.reading import Scored, score_due
from cardline.outreach.scoring.rules import as_row, decide, features_of, probability
from cardline.outreach.scoring.shipped import MODEL_FILE, costs_of, load_model, write_model

score = typer.Typer(help="Who is really helped by a contact.", no_args_is_help=True)
app.add_typer(score, name="score")

Model = Annotated[Path, typer.Option("--model", help="The model; the one that ships by default.")]


@score.command()
def train(
    file: Annotated[Path, typer.Argument(help="The UCI credit-card file.")],
    out: Annotated[Path, typer.Option("--out", help="Where the model goes.")] = MODEL_FILE,
    json: AsJson = False,
) -> None:
    """Learn the score again and judge it on accounts that it has not seen."""
    if not file.is_file():
        fail(f"there is no file {file}")
    examples = read_examples(file)
    seen = [one for one in examples if not is_set_aside(one.account)]
    unseen = [one for one in examples if is_set_aside(one.account)]
    model = learn(
        [as_row(features_of(one.months)) for one in seen],
        [one.missed for one in seen],
        version=f"need/{utc_now().date().isoformat()}",
    )
    write_model(model, out)
    told = _judged(model, seen, unseen, costs_of(load_area("scoring")))
    if json:
        print_json(told)
        return
    on = told["on_unseen"]
    say(f"{model.version}: learned from {len(seen)}, judged on {on['accounts']} unseen accounts")
    say(f"AUC {on['auc']:.4f}  Brier {on['brier']:.4f} (base {on['brier_base']:.4f})")
    say(f"calibration error {on['calibration_error']:.4f}")
    for name, weight in model.weights.items():
        say(f"  {name:13} {weight:7.3f}")
    say(f"written to {out}")


@score.command()
def due(
    days: Annotated[int, typer.Argument(min=0, max=60, help="Days until the due date.")],
    model: Model = MODEL_FILE,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Score every account whose bill is due then: call, message or nothing, with the reasons."""
    loaded = load_model(model)

    async def work(parts: Parts) -> list[Scored]:
        costs = costs_of(load_area("scoring", pack=parts.settings.pack))
        due_on = business_day(utc_now()) + timedelta(days=days)
        async with parts.database.transaction() as tx:
            return await score_due(tx, due_on, bank=parts.bank, model=loaded, costs=costs)

    found = with_installation(home, database, work)
    if json:
        print_json({"model": loaded.version, "accounts": [_scored(one) for one in found]})
        return
    for one in found:
        why = ", ".join(cause.feature for cause in one.need.causes) or "-"
        say(f"{one.holder}  {one.need.probability:6.1%}  {one.need.decision:8} {why}")
    counts = Counter(one.need.decision for one in found)
    say("  ".join(f"{decision}: {counts[decision]}" for decision in Decision))


def _scored(one: Scored) -> JsonObject:
    return {
        "holder": one.holder,
        "account": one.account,
        "probability": round(one.need.probability, 4),
        "decision": one.need.decision,
        "worth": round(one.need.worth, 2),
        "causes": [
            {"feature": cause.feature, "adds": round(cause.adds, 3)} for cause in one.need.causes
        ],
    }


def _judged(
    model: NeedModel, seen: Sequence[Example], unseen: Sequence[Example], costs: Costs
) -> JsonObject:
    said = [probability(model, features_of(one.months)) for one in unseen]
    missed = [one.missed for one in unseen]
    judged = judge(said, missed)
    decisions = [decide(one, costs)[0] for one in said]
    return {
        "model": model.version,
        "learned_from": len(seen),
        "weights": dict(model.weights),
        "intercept": model.intercept,
        "on_unseen": {
            "accounts": judged.accounts,
            "missed": judged.missed,
            "auc": round(judged.auc, 4),
            "brier": round(judged.brier, 4),
            "brier_base": round(judged.brier_base, 4),
            "calibration_error": round(judged.calibration_error, 4),
            "groups": [
                {
                    "accounts": group.accounts,
                    "expected": round(group.expected, 4),
                    "came": round(group.came, 4),
                }
                for group in judged.groups
            ],
        },
        "decisions": {
            decision: {
                "accounts": decisions.count(decision),
                "missed": sum(
                    came for came, own in zip(missed, decisions, strict=True) if own is decision
                ),
            }
            for decision in Decision
        },
    }
