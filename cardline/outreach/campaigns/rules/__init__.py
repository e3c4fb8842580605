"""Rules of campaigns: pure, the time is an argument.

``states``: what may happen to a campaign and to an entry. ``pacing``: how many calls to place now.
``lists``: reading lists and drawing the hold-out. ``intervals``: what a difference is worth.
"""
