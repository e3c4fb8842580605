"""The commands, one module a subject."""


def register() -> None:
    """Import every module that adds commands; importing is what registers them."""
    from cardline.app.commands import (  # noqa: F401
        bank,
        campaign,
        complaints,
        flow,
        interaction,
        journal,
        policy,
        scam,
        score,
        screening,
        serving,
        staff,
        state,
        trust,
    )
