"""The model that ships, and the numbers of its decisions."""

from pathlib import Path

import msgspec

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.outreach.scoring.model import FEATURES, Costs, NeedModel

MODEL_FILE = Path(__file__).parent / "model.json"


def load_model(path: Path = MODEL_FILE) -> NeedModel:
    """Read a model. Raises ``ValueError`` where it is none, or a weight is negative."""
    model = msgspec.json.decode(path.read_bytes(), type=NeedModel)
    if set(model.weights) != set(FEATURES) or set(model.means) != set(FEATURES):
        raise ValueError(f"{path.name} was learned from other features")
    if any(weight < 0 for weight in model.weights.values()):
        raise ValueError(f"{path.name} has a negative weight: more of it would lower the risk")
    return model


def write_model(model: NeedModel, path: Path) -> None:
    """Write a model for people to read too."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=2) + b"\n")


def costs_of(area: AreaPolicy) -> Costs:
    """Read the pack's ``scoring`` area. Raises :class:`PolicyError` for a share that is none."""
    shares = {name: float(area.decimal(name)) for name in ("call_saves", "sms_saves")}
    if any(not 0 <= value <= 1 for value in shares.values()):
        raise PolicyError(f"pack {area.pack}: scoring: a share is from 0 to 1")
    return Costs(
        version=area.version,
        missed=float(area.decimal("missed_costs")),
        call=float(area.decimal("call_costs")),
        call_annoys=float(area.decimal("call_annoys")),
        call_saves=shares["call_saves"],
        sms=float(area.decimal("sms_costs")),
        sms_annoys=float(area.decimal("sms_annoys")),
        sms_saves=shares["sms_saves"],
    )
