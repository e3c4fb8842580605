"""Where the bank is at home: its zone, whose numbers need no country code, and the first language.

One process serves one bank, so this is settled once, at the start, from the policy pack. Until then
it is mainland China. What has a zone or language of its own (a holder, a complaint) never asks.
"""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from cardline.core.clock import SHANGHAI
from cardline.core.policy import AreaPolicy, PolicyError


@dataclass(frozen=True, slots=True)
class Home:
    """``zone``: whose days the bank's days are. ``region``: ISO 3166, as ``CN``.

    ``language``: of pages, letters and tasks until somebody has chosen one.
    """

    zone: ZoneInfo = SHANGHAI
    region: str = "CN"
    language: Literal["zh", "en"] = "zh"


_settled = [Home()]


def home() -> Home:
    """Return where the bank is at home."""
    return _settled[0]


def settle(at: Home) -> None:
    """Say where the bank is at home, for all that this process does from now on."""
    _settled[0] = at


def home_of(area: AreaPolicy) -> Home:
    """Read it from the pack's ``complaints``. Raises :class:`PolicyError` for what is neither."""
    region, language = area.text("region"), area.text("language")
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise PolicyError(f"pack {area.pack}: complaints.region: {region!r} is no country")
    if language not in ("zh", "en"):
        raise PolicyError(f"pack {area.pack}: complaints.language is zh or en")
    try:
        return Home(ZoneInfo(area.text("zone")), region, "en" if language == "en" else "zh")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise PolicyError(f"pack {area.pack}: complaints.zone is no zone") from error
