"""The catalogues of e-mail: its forms, and the words that all of them share."""

from pathlib import Path

import msgspec

from cardline.cards.model import Language
from cardline.core.yaml_text import parse_yaml
from cardline.messages.forms import Form, load_forms
from cardline.messages.mail.model import MailWords

_FOLDER = Path(__file__).parent
OWN = frozenset({"hotline", "site"})


def load_mails() -> dict[str, Form]:
    """Read the forms of e-mails. Raises ``CatalogueError``."""
    return load_forms(_FOLDER / "templates.yaml", own=OWN)


def load_mail_words() -> dict[Language, MailWords]:
    """Read the words that all e-mails share. Raises ``msgspec.ValidationError``."""
    raw = parse_yaml((_FOLDER / "words.yaml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, type=dict[Language, MailWords])
