"""The Twilio REST calls we make: send a text, find one that was sent, change a call, start a call.

Effects only, no rule. Every failure is an `Unavailable` that says whether trying again helps, how long to wait, and
whether the effect may have happened all the same: POST is not idempotent, so after a read time-out or a 5xx the
message must be looked for (`find_sms`) before it is sent again. Must never log or quote a number or a text.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import requests
from urllib3.exceptions import NewConnectionError

from ivr.errors import Bug, Unavailable
from ivr.sensitive import Sensitive
from ivr.telephony.carrier_errors import Meaning, meaning

MAX_TWIML = 4000
"""Characters of TwiML that the REST interface takes."""
CONNECT_TIMEOUT_S = 5.0
LIST_PAGE = 100
MAX_PAGES = 5
MAX_RETRY_AFTER_S = 3600.0

# At debug level urllib3 logs each request line, and a listing by receiver has the number in its query.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class TwilioRest:
    """Safe to use from several threads. `api_base` is replaceable for tests and regional hosts."""

    def __init__(self, account_sid: str, auth_token: str, api_base: str = "https://api.twilio.com",
                 timeout_s: float = 10.0):
        self._root = f"{api_base.rstrip('/')}/2010-04-01/Accounts/{account_sid}"
        self._origin = api_base.rstrip("/")
        self._timeouts = (min(CONNECT_TIMEOUT_S, timeout_s), timeout_s)
        self._session = requests.Session()
        self._session.auth = (account_sid, auth_token)

    def send_sms(self, to: str, from_: str, body: str, status_callback: str | None = None) -> str:
        """Send one text; returns its SID. `from_` may be a messaging service (`MG...`)."""
        sender = "MessagingServiceSid" if from_.startswith("MG") else "From"
        form = {"To": to, sender: from_, "Body": body}
        if status_callback:
            form["StatusCallback"] = status_callback
        return _sid(self._post("/Messages.json", form))

    def find_sms(self, to: str, body: str, since: datetime) -> str | None:
        """The SID of a text with exactly this receiver and body made at or after `since`, else None.

        Twilio's times have whole seconds, so `since` is rounded down. The listing is newest first; it is filtered here
        and not by DateSent, which is empty while a message is queued.
        """
        floor = since.astimezone(UTC).replace(microsecond=0)
        url: str | None = f"{self._root}/Messages.json"
        params: dict[str, Any] | None = {"To": _plain(to), "PageSize": LIST_PAGE}
        for _ in range(MAX_PAGES):
            page = self._request("GET", url, params=params)
            for row in page.get("messages", ()):
                made = _instant(row.get("date_created"))
                if made is not None and made < floor:
                    return None
                if row.get("body") == _plain(body) and row.get("to") == _plain(to):
                    return _sid(row)
            if not page.get("next_page_uri"):
                return None
            url, params = self._origin + page["next_page_uri"], None
        return None

    def update_call(self, sid: str, twiml: str) -> None:
        """Give a call in progress a new document; also the way out when its media socket died."""
        if len(twiml) > MAX_TWIML:
            raise Bug(f"the document for a call in progress has {len(twiml)} characters, Twilio takes {MAX_TWIML}",
                      hint="send a redirect instead")
        self._post(f"/Calls/{sid}.json", {"Twiml": twiml})

    def end_call(self, sid: str) -> None:
        """Hang up, or stop ringing. Nothing for a call that is over already."""
        try:
            self._post(f"/Calls/{sid}.json", {"Status": "completed"})
        except Unavailable as error:
            if error.code not in ("21220", "20404"):
                raise

    def create_call(self, to: str, from_: str, url: str, *, status_callback: str | None = None, machine_url: str | None = None,
                    ring_timeout_s: int = 30) -> str:
        """Call a number and run the document at `url` when it answers; returns the call's SID. With `machine_url` Twilio listens
        meanwhile whether a machine answered, and tells that address when its greeting has ended."""
        form: dict[str, Any] = {"To": to, "From": from_, "Url": url, "Method": "POST", "Timeout": ring_timeout_s}
        if status_callback:
            form |= {"StatusCallback": status_callback, "StatusCallbackMethod": "POST",
                     "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"]}
        if machine_url:
            # Asynchronous: who answers hears us at once. The other way keeps a person waiting in silence for some seconds.
            form |= {"MachineDetection": "DetectMessageEnd", "AsyncAmd": "true", "AsyncAmdStatusCallback": machine_url,
                     "AsyncAmdStatusCallbackMethod": "POST"}
        return _sid(self._post("/Calls.json", form))

    def find_call(self, to: str, from_: str, since: datetime) -> tuple[str, str] | None:
        """SID and status of a call of ours to this number begun at or after `since`, the newest; None when there is none.
        StartTime filters by day and is empty while a call is queued, so the moment is compared here."""
        floor = since.astimezone(UTC).replace(microsecond=0)
        params = {"To": _plain(to), "From": _plain(from_), "PageSize": LIST_PAGE}
        page = self._request("GET", f"{self._root}/Calls.json", params=params)
        for row in page.get("calls", ()):
            made = _instant(row.get("date_created"))
            if made is not None and made >= floor and row.get("to") == _plain(to):
                return _sid(row), str(row.get("status", ""))
        return None

    def call_status(self, sid: str) -> str | None:
        """The status of a call; None when Twilio does not know it."""
        try:
            return str(self._request("GET", f"{self._root}/Calls/{sid}.json").get("status", ""))
        except Unavailable as error:
            if error.code in ("20404", "http-404"):
                return None
            raise

    def delete_queue(self, sid: str) -> None:
        """Take an empty queue away: Twilio keeps every queue that there ever was. Nothing for one that is gone already."""
        try:
            self._request("DELETE", f"{self._root}/Queues/{sid}.json")
        except Unavailable as error:
            if error.code not in ("20404", "http-404"):
                raise

    def close(self) -> None:
        self._session.close()

    def _post(self, path: str, form: dict[str, Any]) -> dict[str, Any]:
        return self._request("POST", self._root + path, data={k: _plain(v) for k, v in form.items()})

    def _request(self, method: str, url: str | None, **kwargs: Any) -> dict[str, Any]:
        effect = method == "POST"
        try:
            response = self._session.request(method, url, timeout=self._timeouts, allow_redirects=False, **kwargs)
        except requests.RequestException as problem:
            # `from None`: the text of the cause holds the URL, and a listing has the number in it.
            raise _unreachable(problem, effect) from None
        if response.status_code >= 300:
            _refused(response, effect)
        return {} if response.status_code == 204 else _json(response, effect)


def _unreachable(problem: requests.RequestException, effect: bool) -> Unavailable:
    """A connection that was never made did nothing; one that broke later may have done everything."""
    if isinstance(problem, requests.ConnectTimeout):
        return Unavailable("Twilio could not be reached in time", code="connect-timeout")
    if isinstance(problem, requests.Timeout):
        return Unavailable("Twilio did not answer in time", code="timeout", uncertain=effect)
    if isinstance(problem, requests.exceptions.SSLError):
        return Unavailable("no trusted connection to Twilio", code="tls", hint="check the certificates and the clock")
    if isinstance(problem, requests.ConnectionError) and _never_connected(problem):
        return Unavailable("Twilio could not be reached", code="connect")
    return Unavailable("the connection to Twilio broke", code="connection", uncertain=effect)


def _never_connected(problem: requests.ConnectionError) -> bool:
    inner = problem.args[0] if problem.args else None
    return isinstance(getattr(inner, "reason", inner), NewConnectionError)


def _refused(response: requests.Response, effect: bool) -> NoReturn:
    code = _code(response)
    status = response.status_code
    known = meaning(code) or Meaning(f"Twilio answered with HTTP {status}", retryable=status == 429 or status >= 500)
    server_side = status >= 500
    raise Unavailable(known.words, retryable=known.retryable or server_side, retry_after_s=_retry_after(response),
                      uncertain=effect and server_side, hint=known.hint, code=str(code) if code else f"http-{status}")


def _code(response: requests.Response) -> int | None:
    try:
        code = response.json().get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None


def _retry_after(response: requests.Response) -> float | None:
    """Seconds; the header may also be a date, which Twilio does not use."""
    try:
        return min(MAX_RETRY_AFTER_S, max(0.0, float(response.headers.get("Retry-After", ""))))
    except ValueError:
        return None


def _json(response: requests.Response, effect: bool) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unavailable("Twilio's answer could not be read", uncertain=effect, code="bad-answer")
    return body


def _sid(row: dict[str, Any]) -> str:
    sid = row.get("sid")
    if not isinstance(sid, str) or not sid:
        raise Unavailable("Twilio's answer has no sid", uncertain=True, code="bad-answer")
    return sid


def _instant(text: object) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if isinstance(text, str) else None
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Sensitive) else value
