"""Judging in tests: the demonstration's registry, the shipped signals, the shipped model."""

from datetime import UTC, datetime

from cardline.core.policy import load_area
from cardline.trust.scam.catalogue import load_signals
from cardline.trust.scam.learned import Learned, load_model
from cardline.trust.scam.model import Judgement, Kind, KnownScam, Message
from cardline.trust.scam.policy import scam_policy
from cardline.trust.scam.registry import load_registry, with_scams
from cardline.trust.scam.rules import judge

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
POLICY = scam_policy(load_area("scam"))
SIGNALS = load_signals()
REGISTRY = load_registry()
MODEL = load_model()
HOTLINE = "4000000000"


def judged(
    text: str,
    sender: str = "",
    *,
    kind: Kind = "message",
    model: Learned | None = MODEL,
    scams: tuple[KnownScam, ...] = (),
) -> Judgement:
    return judge(
        Message(text, sender, kind),
        registry=with_scams(REGISTRY, scams),
        signals=SIGNALS,
        model=model,
        policy=POLICY,
        at=NOW,
    )
