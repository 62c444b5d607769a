"""One mail as it goes out: headers, a plain part, and the same words as HTML. Pure.

No remote content, no script, no tracking: what is in the mail is all there is. Words come from the prompts; whatever a caller's
value put into them is text, never markup and never a header.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from ivr.errors import Unavailable

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,253}")
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_PAGE = ('<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{subject}</title></head>\n'
         '<body style="margin:0;padding:24px;background:#ffffff;color:#1b1b1b;font-family:Arial,Helvetica,sans-serif;'
         'font-size:17px;line-height:1.5">\n<div style="max-width:36em">\n{paragraphs}\n{footer}</div>\n</body>\n</html>\n')
_PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
_LINK = '<a href="{0}" style="color:#005ea2;text-decoration:underline">{0}</a>'
@dataclass(frozen=True, slots=True)
class WayOut:
    """How the receiver of a notice gets no more of them (RFC 8058)."""

    url: str
    words: str
    """From the prompts, with the link in them."""


def compose(key: str, payload: Mapping[str, Any], mail_from: str, way_out: WayOut | None = None) -> EmailMessage:
    """Raises Unavailable for an address that is none: it is refused for good, not sent somewhere else."""
    language, subject = payload.get("language", "en"), " ".join(payload.get("subject", "").split())
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = mail_from
    message["To"] = _address(payload["to"])
    message["Subject"] = subject
    message["Message-ID"] = message_id(key, mail_from)
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"
    if way_out:
        message["List-Unsubscribe"] = f"<{way_out.url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    parts = [payload["text"].strip(), *([way_out.words] if way_out else [])]
    message.set_content("\n\n".join(parts) + "\n")
    message.add_alternative(as_html(payload["text"], subject, language, way_out.words if way_out else ""), subtype="html")
    return message


def as_html(text: str, subject: str, language: str, footer: str = "") -> str:
    """The words as a page: paragraphs at empty lines, web addresses of ours as links."""
    paragraphs = "\n".join(_PARAGRAPH.format(_marked_up(p)) for p in re.split(r"\n\s*\n", text.strip()))
    small = f'<p style="margin:24px 0 0;font-size:14px;color:#565c65">{_marked_up(footer)}</p>\n' if footer else ""
    return _PAGE.format(language=html.escape(language), subject=html.escape(subject), paragraphs=paragraphs, footer=small)


def _marked_up(text: str) -> str:
    out, end = [], 0
    for match in _URL.finditer(text):
        out += [html.escape(text[end:match.start()]), _LINK.format(html.escape(match.group()))]
        end = match.end()
    return "".join([*out, html.escape(text[end:])]).replace("\n", "<br>\n")


def message_id(key: str, mail_from: str) -> str:
    domain = parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _address(to: str) -> str:
    """One address and nothing else: no line end, no second receiver. A domain beyond ASCII travels in its ASCII form."""
    try:
        local, _, domain = to.rpartition("@")
        plain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        plain = ""
    if not _ADDRESS.fullmatch(to) or not plain:
        raise Unavailable("the address of this email is none", retryable=False, code="address")
    return f"{local}@{plain}"
