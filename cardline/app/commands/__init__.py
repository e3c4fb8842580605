"""The commands, one module a subject. A module is read when one of its commands is called."""

import gc
from importlib import import_module
from typing import NamedTuple


class Listed(NamedTuple):
    """A command, or a group of them, as ``cardline --help`` lists it."""

    module: str
    help: str


COMMANDS = {
    "import-accounts": Listed(
        "bank", "Load accounts: a bank's own extract (csv) or the UCI credit-card data set (uci)."
    ),
    "check-message": Listed(
        "scam", "Judge a message or a described call: official, a scam, or unknown; with reasons."
    ),
    "screen": Listed(
        "screening", "Say for everybody on a list: yes, no, or not before a time, with all reasons."
    ),
    "serve": Listed("serving", "Run the system: hotline, HTTP and everything behind them."),
    "demo": Listed(
        "serving",
        "Run the system with a made-up bank, made-up staff, and simulated callers on real SIP.",
    ),
    "demo-people": Listed(
        "state", "List the made-up people of the demonstration, with their made-up secrets."
    ),
    "demo-login": Listed(
        "state", "Show with what somebody of the demonstration's staff logs in at /desk now."
    ),
    "outbox": Listed("state", "List the short messages that went out, or would have."),
    "doctor": Listed(
        "state", "Say what this machine and this installation can do, and what is missing."
    ),
    "verify-evidence": Listed(
        "verify_evidence",
        "Check an evidence pack; say what it proves, what it does not, and what does not hold.",
    ),
    "holder": Listed("bank", "Holders of cards."),
    "campaign": Listed("campaign", "Contacts that the bank makes by a list."),
    "complaints": Listed("complaints", "Complaints: reports, exports, due times."),
    "evidence": Listed("evidence", "Evidence that stands without us."),
    "flow": Listed("flow", "The call flow."),
    "interaction": Listed("interaction", "Conversations with callers."),
    "journal": Listed("journal", "The journal of every act."),
    "policy": Listed("policy", "Policy packs: the legal and business numbers."),
    "do-not-call": Listed("registers", "Public lists of numbers that want no advertising."),
    "retention": Listed("retention", "How long what is kept, and erasing it."),
    "score": Listed("score", "Who is really helped by a contact."),
    "sealing": Listed("sealing", "Keys under which recordings and files lie."),
    "staff": Listed("staff", "People who serve."),
    "sms": Listed("state", "Short messages."),
    "official": Listed("trust", "What is officially the bank's."),
    "caller-identity": Listed("trust", "Signed caller identity."),
}
"""In the order in which they are listed. What is said here is what the modules say themselves."""


def read(command: str) -> None:
    """Read the module of a command: it adds its commands to the application."""
    gc.disable()  # modules stay: looking through them while they are read costs a tenth of it
    import_module(f"{__name__}.{COMMANDS[command].module}")
    gc.freeze()
    gc.enable()
