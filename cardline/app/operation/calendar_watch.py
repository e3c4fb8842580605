"""Whether the pack knows the days off of the time to come: said by ``doctor``, and as an alarm.

Beyond its last year nothing is guessed: marketing is silent, and due days are the earlier ones.
"""

from datetime import datetime

from cardline.core.calendar import business_day, work_calendar
from cardline.core.policy import load_area


def calendar_fault(pack: str, *, at: datetime) -> str:
    """Say that a year is not in the pack, or only in part; empty where all is well."""
    area = load_area("outreach", pack=pack)
    missing = work_calendar(area).lacks(business_day(at), area.days("calendar_warning_days"))
    if not missing:
        return ""
    years = ", ".join(str(year) for year in missing)
    return (
        f"the days off of {years} are not in the pack {pack}, or not all of them: put the official "
        "notice in (docs/howto/calendar.md)"
    )
