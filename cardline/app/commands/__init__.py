"""The commands, one module a subject."""


def register() -> None:
    """Import every module that adds commands; importing is what registers them."""
    from cardline.app.commands import (  # noqa: F401
        bank,
        campaign,
        complaints,
        evidence,
        flow,
        holds,
        interaction,
        journal,
        policy,
        registers,
        retention,
        scam,
        score,
        screening,
        sealing,
        serving,
        staff,
        state,
        trust,
        verify_evidence,
    )
