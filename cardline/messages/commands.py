"""Reading what people text: whatever the case, the width, the spaces or the script."""

import re
import unicodedata

from cardline.messages.model import CommandKind, SmsCommand

# Only the characters of the command words; the catalogues are converted elsewhere.
_TO_SIMPLIFIED = str.maketrans(
    "掛凍結鎖確認訂營銷簡訊碼幫單異議查詢實驗電話號來評價",
    "挂冻结锁确认订营销简讯码帮单异议查询实验电话号来评价",
)

_TAIL = r"(\d{4}|ALL|全部|所有)?"
_WORDS: tuple[tuple[CommandKind, re.Pattern[str]], ...] = (
    ("freeze", re.compile(rf"(?:GS|挂失|冻结|锁卡|FREEZE|LOST){_TAIL}")),
    ("make-final", re.compile(r"(?:1|确认)(\d{4})")),
    ("object", re.compile(r"(?:2|异议)(\d{4})")),
    ("reset-password", re.compile(r"(?:CZMM|重置(?:查询)?密码|忘记密码|RESET)(\d{3}[\dX])?")),
    (
        "stop-marketing",
        re.compile(
            r"(?:退订|拒收|停止)(?:营销|广告|推广|短信|简讯|电话)?()"
            r"|(?:T|TD|TDX|STOP|UNSUBSCRIBE|N)()"
        ),
    ),
    ("rate", re.compile(r"(?:PJ|评价|RATE)([1-5])")),
    (
        "verify",
        re.compile(r"(?:核实|核验|HS|VERIFY|CHECK)(?:电话|号码|短信|来电)?(\d{3,20})?"),
    ),
    ("help", re.compile(r"(?:帮助|菜单|BZ|HELP|\?|\?\?)()")),
)
_NOISE = re.compile(r"[\s#＃*.,;:!\-_'\"“”‘’。,、;:!【】\[\]()<>+]+")
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){3,}")


def read_command(text: str) -> SmsCommand:
    """Read a text as a command; what is none of them is ``unknown``, never an error."""
    plain = unicodedata.normalize("NFKC", text).translate(_TO_SIMPLIFIED).upper()
    plain = _NOISE.sub("", plain)
    for kind, pattern in _WORDS:
        match = pattern.fullmatch(plain)
        if match is not None:
            found = next((group for group in match.groups() if group), "")
            return SmsCommand(kind, "all" if found in ("ALL", "全部", "所有") else found)
    return SmsCommand("unknown")


def mask_text(text: str) -> str:
    """Cover every number of four digits or more: people text passwords and card numbers (E5)."""
    return _LONG_NUMBER.sub("****", unicodedata.normalize("NFKC", text))[:500]
