"""The caller's end of a media stream as a text telephone, in this process: what `Carrier.media_leg` makes for `ivr call --tty`.

Has the part of `MediaLeg` that the emulated call needs; the person is `phone`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.telephony.signature import SIGNATURE_HEADER, sign_form
from ivr.testing.fast_line import App, FastLine
from ivr.testing.tty_phone import TtyPhone


class ToneLeg:
    def __init__(self, application: App, public_url: str, secret: str, *, account_sid: str, call_sid: str,
                 parameters: Mapping[str, str]):
        self.line = FastLine(application, call_sid=call_sid, parameters=parameters, account_sid=account_sid,
                             headers={SIGNATURE_HEADER: sign_form(secret, public_url)})
        self.phone = TtyPhone(self.line)

    @property
    def is_closed(self) -> bool:
        return self.line.closed

    def press(self, keys: str) -> None:
        for key in keys:
            self.line.press(key)

    def wait_closed(self, timeout_s: float = 10.0) -> bool:
        """`timeout_s` of the line's own time."""
        self.phone.wait(timeout_s)
        closed = self.line.closed
        if closed:
            self.line.close()
        return closed

    def hangup(self) -> None:
        self.line.hangup()
