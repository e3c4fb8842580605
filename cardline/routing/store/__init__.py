"""SQL of routing by the thing it is about: ``waits``, ``offers``, ``talks``, ``agents``, ``locks``.

Everything about one interaction is serialised by the head of its stream in the journal, which each
action locks first; the unique indexes hold whatever an action may do.
"""
