"""From the engine's actions to TwiML documents, built with the `twilio` package's own classes. Pure.

Every document ends in an explicit verb: one that falls off its end hangs the caller up. Every `<Gather>` sets
`actionOnEmptyResult` and is followed by a `<Redirect>`, so that silence always comes back to us. Text is escaped by
the XML writer and freed of characters XML cannot hold: what a caller said is data. Must never place a `<Dial>` to a
number. Called by the runtime's performers and the webhook routes.

`audio_url` turns a `Say` into the address of rendered audio, or None to let Twilio speak it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twilio.twiml import TwiML
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from ivr.dialog.actions import Listen, Say, Transfer
from ivr.errors import Bug, ConfigProblem
from ivr.telephony.locales import locale_of

AudioUrl = Callable[[Say], str | None]

MAX_DOCUMENT_BYTES = 64 * 1024
MAX_SAY = 3000
"""Twilio takes 4096 characters a `<Say>`; escaping makes some of them longer."""
MAX_HINTS, MAX_HINT, MAX_HINTS_TOTAL = 500, 100, 12_000
"""Twilio's own limits are the first two; the third keeps the document small when the hints need escaping."""
MAX_QUEUE_NAME = 64
MAX_PARAMETERS, MAX_PARAMETER = 100, 500
MAX_SMS = 1600

_NOT_XML = re.compile(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def _spoken_by_twilio(say: Say) -> str | None:
    """Without rendered audio everything is spoken by Twilio."""
    return None


def gather(says: Sequence[Say], listen: Listen, *, action_url: str, audio_url: AudioUrl = _spoken_by_twilio) -> str:
    """Say, then listen. What may not be interrupted comes before the `<Gather>`, the rest inside it."""
    response = VoiceResponse()
    uninterruptible = max((i + 1 for i, say in enumerate(says) if not say.barge_in), default=0)
    _speak(response, says[:uninterruptible], audio_url)
    collect = response.gather(action=action_url, method="POST", action_on_empty_result=True,
                              barge_in=listen.barge_in, timeout=max(1, math.ceil(listen.timeout_s)),
                              language=locale_of(listen.language).recognition, **_keys(listen), **_speech(listen))
    _speak(collect, says[uninterruptible:], audio_url)
    response.redirect(with_query(action_url, "empty=1"), method="POST")
    return _document(response)


def _keys(listen: Listen) -> dict[str, Any]:
    """One key completes a menu, `#` and `*` included; a longer input ends at its length or its finishing key."""
    if listen.max_digits == 1:
        return {"num_digits": 1, "finish_on_key": ""}
    keys: dict[str, Any] = {"finish_on_key": listen.finish_on_key}
    if listen.max_digits > 1:
        keys["num_digits"] = listen.max_digits
    return keys


def _speech(listen: Listen) -> dict[str, Any]:
    """`speechTimeout` is in whole seconds; `auto` is refused by some of Twilio's models, so it is never used."""
    if not listen.speech:
        return {"input": "dtmf"}
    attributes: dict[str, Any] = {"input": "dtmf speech",
                                  "speech_timeout": max(1, math.ceil(listen.end_silence_ms / 1000))}
    hints = _hints(listen.hints)
    return attributes | ({"hints": hints} if hints else {})


def _hints(phrases: Sequence[str]) -> str:
    """Comma-separated, so a comma inside a phrase becomes a space."""
    kept: list[str] = []
    room = MAX_HINTS_TOTAL
    for phrase in phrases:
        phrase = " ".join(clean(phrase).replace(",", " ").split())
        if phrase and len(phrase) <= MAX_HINT and len(kept) < MAX_HINTS and len(phrase) + 1 <= room:
            kept.append(phrase)
            room -= len(phrase) + 1
    return ",".join(kept)


def stream(ws_url: str, parameters: Mapping[str, str], after_url: str, says: Sequence[Say] = (), *,
           audio_url: AudioUrl = _spoken_by_twilio) -> str:
    """Hand the audio to our media socket; when the socket closes, for whatever reason, go on at `after_url`."""
    if not ws_url.startswith(("wss://", "ws://")) or "?" in ws_url or "#" in ws_url:
        raise ConfigProblem("the media address is not usable, expected wss://host/path without a query",
                            hint="Twilio refuses a query in a stream address (error 31920); send values as parameters")
    if len(parameters) > MAX_PARAMETERS or any(len(k) + len(v) >= MAX_PARAMETER for k, v in parameters.items()):
        raise Bug(f"stream parameters are too many or too long, expected {MAX_PARAMETERS} of under {MAX_PARAMETER}")
    response = VoiceResponse()
    _speak(response, says, audio_url)
    connect = Connect()
    leg = connect.stream(url=ws_url)
    for name, value in parameters.items():
        leg.parameter(name=clean(name), value=clean(value))
    response.append(connect)
    response.redirect(after_url, method="POST")
    return _document(response)


def enqueue(transfer: Transfer, *, says: Sequence[Say] = (), action_url: str, wait_url: str,
            audio_url: AudioUrl = _spoken_by_twilio) -> str:
    """Into the waiting line. The redirect is for a carrier that goes on without calling the action."""
    response = VoiceResponse()
    _speak(response, says, audio_url)
    response.enqueue(_queue_name(transfer.queue), action=action_url, method="POST", wait_url=wait_url,
                     wait_url_method="POST")
    response.redirect(with_query(action_url, "empty=1"), method="POST")
    return _document(response)


def waiting_room(says: Sequence[Say], pause_s: float, *, key_url: str = "", audio_url: AudioUrl = _spoken_by_twilio) -> str:
    """One round of the waiting room. Twilio asks again when it ends, so it always lasts at least a second. With `key_url` a key
    pressed at any moment of the round ends it, and goes there."""
    response, pause = VoiceResponse(), max(1, math.ceil(pause_s))
    if not key_url:
        _speak(response, says, audio_url)
        response.pause(length=pause)
        return _document(response)
    gather = Gather(input="dtmf", num_digits=1, finish_on_key="", timeout=pause, action=key_url, method="POST")
    _speak(gather, says, audio_url)
    response.append(gather)
    return _document(response)


def patience(says: Sequence[Say], pause_s: float, back_url: str, *, audio_url: AudioUrl = _spoken_by_twilio) -> str:
    """Say, wait, come back: what a caller hears while another system is asked."""
    response = VoiceResponse()
    _speak(response, says, audio_url)
    response.pause(length=max(1, math.ceil(pause_s)))
    response.redirect(back_url, method="POST")
    return _document(response)


def leave_queue() -> str:
    """Take the caller out of the waiting line; Twilio then calls the queue's action with `leave`."""
    response = VoiceResponse()
    response.leave()
    return _document(response)


def agent_dial_queue(queue: str, action_url: str, *, bridging_url: str = "", timeout_s: int = 30) -> str:
    """The staff member's side: connect to whoever waits longest. `bridging_url` is asked just before the two are connected."""
    response = VoiceResponse()
    dial = Dial(action=action_url, method="POST", timeout=timeout_s)
    dial.queue(_queue_name(queue), **({"url": bridging_url, "method": "POST"} if bridging_url else {}))
    response.append(dial)
    response.hangup()
    return _document(response)


def hangup(says: Sequence[Say] = (), *, audio_url: AudioUrl = _spoken_by_twilio) -> str:
    response = VoiceResponse()
    _speak(response, says, audio_url)
    response.hangup()
    return _document(response)


def say_and_redirect(says: Sequence[Say], url: str, *, audio_url: AudioUrl = _spoken_by_twilio) -> str:
    response = VoiceResponse()
    _speak(response, says, audio_url)
    response.redirect(url, method="POST")
    return _document(response)


def empty() -> str:
    """The answer to a webhook that expects none: status callbacks, a text that gets no reply."""
    return _document(VoiceResponse())


def message(text: str) -> str:
    """A reply to a text message."""
    response = MessagingResponse()
    text = clean(text)
    response.message(text if len(text) <= MAX_SMS else text[: MAX_SMS - 1] + "…")
    return _document(response)


def clean(text: str) -> str:
    """The text without what XML 1.0 cannot hold; line ends become `\\n`, as an XML reader would make them."""
    plain = str.replace(text, "\r\n", "\n").replace("\r", "\n")
    return _NOT_XML.sub("", plain)


def with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _speak(parent: VoiceResponse | Gather, says: Sequence[Say], audio_url: AudioUrl) -> None:
    for say in says:
        url = audio_url(say)
        if url:
            parent.play(url)
            continue
        place = locale_of(say.language)
        for part in _parts(clean(say.text)):
            parent.say(part, language=place.speech, voice=place.voice)


def _parts(text: str) -> list[str]:
    """Split a long text at spaces; nothing at all for a blank one, since Twilio rejects an empty `<Say>`."""
    parts: list[str] = []
    while len(text) > MAX_SAY:
        cut = text.rfind(" ", 1, MAX_SAY) + 1 or MAX_SAY
        parts.append(text[:cut])
        text = text[cut:]
    return [part for part in (*parts, text) if part.strip()]


def _queue_name(name: str) -> str:
    if not 0 < len(name) <= MAX_QUEUE_NAME or name != clean(name):
        raise Bug(f"a queue name has {len(name)} characters, expected 1 to {MAX_QUEUE_NAME} printable ones")
    return name


def _document(response: TwiML) -> str:
    text = str(response)
    size = len(text.encode("utf-8"))
    if size >= MAX_DOCUMENT_BYTES:
        raise Bug(f"a TwiML document has {size} bytes, Twilio takes under {MAX_DOCUMENT_BYTES}",
                  hint="say less in one turn")
    return text
