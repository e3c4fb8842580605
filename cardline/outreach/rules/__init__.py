"""The rules of outreach: pure, time is an argument.

``gate``: may we contact this person. ``calls``: limits of call attempts. ``counting``: caps.
``openings``: hours and days in the holder's zone. ``facts``: what a verdict rested on, written down
for its hash and for replay. ``columns``: the same rule over a million people at once.
"""

from cardline.outreach.rules.gate import may_contact
from cardline.outreach.rules.openings import next_opening

__all__ = ["may_contact", "next_opening"]
