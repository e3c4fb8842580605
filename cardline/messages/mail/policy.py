"""The numbers of e-mail and letters that come in, as types."""

from cardline.core.policy import AreaPolicy
from cardline.messages.file_model import FilePolicy
from cardline.messages.mail.model import MailInPolicy


def mail_policy(area: AreaPolicy) -> MailInPolicy:
    """Read the pack's ``mail`` area. Raises ``PolicyError`` where an entry is missing."""
    return MailInPolicy(
        version=area.version,
        mail_bytes=area.integer("mail_bytes"),
        files=area.integer("files"),
        characters=area.integer("characters"),
        parts=area.integer("parts"),
        connections=area.integer("connections"),
        stranger_answers=area.integer("stranger_answers"),
        file=FilePolicy(area.version, area.integer("file_bytes"), area.integer("file_pixels")),
    )
