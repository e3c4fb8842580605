"""The only writes of complaints. Each takes an open transaction and journals in it."""

from cardline.complaints.actions.receiving import receive
from cardline.complaints.actions.viewing import view_for

__all__ = ["receive", "view_for"]
