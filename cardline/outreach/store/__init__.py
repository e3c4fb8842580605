"""SQL of outreach by the thing it is about: ``contacts``, ``permissions``, ``wishes``, ``numbers``.

Everything about one holder or number is serialised by their rows in ``outreach_person``.
"""
