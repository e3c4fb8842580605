"""Figures for the operator's monitoring, in Prometheus' form (row G8)."""

from prometheus_client import Counter, Gauge, Histogram

CALLS = Counter("cardline_calls_total", "Calls that arrived or were placed", ["door"])
CALLS_UP = Gauge("cardline_calls_up", "Calls that are up now")
CALLS_ENDED = Counter("cardline_calls_ended_total", "Calls that ended, by cause", ["cause"])
ACTS = Histogram(
    "cardline_act_seconds",
    "Seconds from a caller's last key to the end of the act",
    ["act", "outcome"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
OFFERS = Counter("cardline_offers_total", "Offers of callers to agents", ["outcome"])
ALARMS = Counter("cardline_alarms_total", "Alarms that were raised", ["code"])
RECORDINGS = Counter("cardline_recordings_total", "Recordings stored", ["complete"])
DESKS = Gauge("cardline_desks_connected", "Browsers that listen to live events now")
EVENTS = Counter("cardline_events_total", "Live events that were numbered", ["kind"])
DESKS_CLOSED = Counter("cardline_desks_closed_total", "Browsers that we cut off, by code", ["code"])
DESKS_RESYNCED = Counter(
    "cardline_desks_resynced_total", "Browsers that had to read everything again"
)
"""Labels are few and never hold a number of anybody."""


class PrometheusObserver:
    """Implements :class:`cardline.hotline.services.Observer`."""

    def call_opened(self, door: str) -> None:
        """Count a call."""
        CALLS.labels(door).inc()

    def call_ended(self, cause: str) -> None:
        """Count how it ended."""
        CALLS_ENDED.labels(cause).inc()

    def act_done(self, act: str, outcome: str, seconds: float) -> None:
        """Count an act and how long it took."""
        ACTS.labels(act, outcome).observe(seconds)
