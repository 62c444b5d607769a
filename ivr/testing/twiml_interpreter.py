"""Reads a TwiML document the way Twilio does and hands its verbs out one at a time. Knows no transport and no clock.

`read` checks content type, size and well-formedness (12300, 11750, 12100). Verbs and attributes are checked against
the classes of the `twilio` package, which are the only published schema: one that is unknown or out of place is
error 12200, noted in `warnings` and skipped, the document goes on. Driven by `carrier.EmulatedCall`.
"""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator

from twilio.twiml import lower_camel
from twilio.twiml.voice_response import Connect, Dial, Gather, Stream, VoiceResponse

from ivr.testing.twiml_steps import (
    DialStep,
    EnqueueStep,
    GatherStep,
    HangupStep,
    LeaveStep,
    Paused,
    Program,
    RecordStep,
    RedirectStep,
    Spoken,
    Step,
    StreamStep,
    Warning12200,
)

MAX_DOCUMENT_BYTES = 64 * 1024
CONTENT_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
"""Twilio also takes audio and plain text; we treat those as the mistakes they would be."""


class TwimlError(Exception):
    """A document Twilio would refuse as a whole. `code` is Twilio's."""

    def __init__(self, code: int, detail: str):
        super().__init__(f"{code}: {detail}")
        self.code = code


def read(content_type: str, body: bytes) -> Program:
    """Parse an answer. Raises `TwimlError` for what Twilio refuses whole."""
    if content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        raise TwimlError(12300, f"invalid content type {content_type!r}")
    if len(body) > MAX_DOCUMENT_BYTES:
        raise TwimlError(11750, f"the document has {len(body)} bytes")
    try:
        root = ET.fromstring(body)
    except ET.ParseError as problem:
        raise TwimlError(12100, f"not well-formed: {problem}") from None
    if root.tag != "Response":
        raise TwimlError(12100, f"the document is <{root.tag}>, expected <Response>")
    program = Program([child.tag for child in root])
    program.steps = _steps(root, program.warnings)
    return program


def _steps(root: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    for element in root:
        reader = _VERBS.get(element.tag)
        if reader is None:
            warnings.append(Warning12200(f"<{element.tag}> is no verb of <Response>"))
            continue
        _check_attributes(element, _SCHEMA[element.tag], warnings)
        yield from reader(element, warnings)


def _check_attributes(element: ET.Element, known: frozenset[str], warnings: list[Warning12200]) -> None:
    for name in element.attrib:
        if name not in known:
            warnings.append(Warning12200(f"<{element.tag}> has no attribute {name}"))


def _children(element: ET.Element, allowed: dict[str, frozenset[str]],
              warnings: list[Warning12200]) -> list[ET.Element]:
    kept = []
    for child in element:
        if child.tag in allowed:
            _check_attributes(child, allowed[child.tag], warnings)
            kept.append(child)
        else:
            warnings.append(Warning12200(f"<{child.tag}> may not stand in <{element.tag}>"))
    return kept


def _method(element: ET.Element, name: str = "method") -> str:
    return element.get(name, "POST").upper()


def _say(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    text = "".join(element.itertext())
    if not text.strip():
        warnings.append(Warning12200("<Say> is empty", 13520))
        return
    if len(text) > 4096:
        warnings.append(Warning12200("<Say> has more than 4096 characters", 13520))
    yield Spoken(text, element.get("language", "en-US"), "say", element.get("voice", ""))


def _play(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield Spoken((element.text or "").strip() or f"digits:{element.get('digits', '')}", "", "play")


def _pause(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield Paused(_number(element, "length", 1.0, warnings))


def _gather(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    prompts: list[Spoken] = []
    for child in _children(element, _IN_GATHER, warnings):
        prompts += [s for s in _VERBS[child.tag](child, warnings) if isinstance(s, Spoken)]
    timeout = _number(element, "timeout", 5.0, warnings)
    speech_timeout = element.get("speechTimeout", "auto")
    if speech_timeout != "auto" and not (speech_timeout.isdigit() and int(speech_timeout) > 0):
        warnings.append(Warning12200(f"speechTimeout {speech_timeout!r}", 13327))
    hints = tuple(h for h in element.get("hints", "").split(",") if h)
    if len(hints) > 500 or any(len(h) > 100 for h in hints):
        warnings.append(Warning12200("too many or too long hints"))
    yield GatherStep(tuple(prompts), element.get("action", ""), _method(element),
                     frozenset(element.get("input", "dtmf").split()), int(_number(element, "numDigits", 0, warnings)),
                     element.get("finishOnKey", "#"), timeout, element.get("actionOnEmptyResult", "false") == "true",
                     element.get("language", "en-US"), hints, element.get("bargeIn", "true") == "true")


def _redirect(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield RedirectStep((element.text or "").strip(), _method(element))


def _enqueue(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    name = (element.text or "").strip()
    if not 0 < len(name) <= 64:
        warnings.append(Warning12200("a queue name has 1 to 64 characters", 13522))
    yield EnqueueStep(name[:64], element.get("action", ""), _method(element), element.get("waitUrl", ""),
                      _method(element, "waitUrlMethod"), int(_number(element, "maxQueueSize", 1000, warnings)))


def _dial(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    action, method = element.get("action", ""), _method(element)
    for child in element:
        if child.tag not in _DIALLED:
            warnings.append(Warning12200(f"<{child.tag}> may not stand in <Dial>"))
            continue
        yield DialStep(child.tag.lower(), (child.text or "").strip(), action, method, child.get("url", ""))
        return
    target = (element.text or "").strip()
    if target:
        yield DialStep("number", target, action, method)
    else:
        warnings.append(Warning12200("<Dial> dials nothing", 13201))


def _connect(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    for child in _children(element, {"Stream": _SCHEMA["Stream"]}, warnings):
        url = child.get("url", "")
        parameters = {p.get("name", ""): p.get("value", "") for p in child if p.tag == "Parameter"}
        if not url.startswith(("wss://", "ws://")) or "?" in url:
            warnings.append(Warning12200("stream address is not wss:// without a query", 31920))
            continue
        yield StreamStep(url, parameters, element.get("action", ""), _method(element))
        return


def _record(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield RecordStep(element.get("action", ""), _method(element), _number(element, "maxLength", 3600, warnings))


def _leave(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield LeaveStep()


def _hangup(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield HangupStep("hangup")


def _reject(element: ET.Element, warnings: list[Warning12200]) -> Iterator[Step]:
    yield HangupStep("busy" if element.get("reason") == "busy" else "rejected")


def _number(element: ET.Element, name: str, default: float, warnings: list[Warning12200]) -> float:
    try:
        value = float(element.get(name, default))
    except ValueError:
        value = -1.0
    if value < 0 or value != value:
        warnings.append(Warning12200(f"<{element.tag}> {name} is not a number"))
        return default
    return value


def _attributes(verb: Callable) -> frozenset[str]:
    names = (n for n in inspect.signature(verb).parameters if n not in ("self", "kwargs"))
    return frozenset(lower_camel(n) for n in names)


_VERBS: dict[str, Callable[[ET.Element, list[Warning12200]], Iterator[Step]]] = {
    "Say": _say, "Play": _play, "Pause": _pause, "Gather": _gather, "Redirect": _redirect, "Enqueue": _enqueue,
    "Dial": _dial, "Connect": _connect, "Record": _record, "Leave": _leave, "Hangup": _hangup, "Reject": _reject}
_SCHEMA = {tag: _attributes(getattr(VoiceResponse, tag.lower())) for tag in _VERBS}
_SCHEMA["Stream"] = _attributes(Stream.__init__) | _attributes(Connect.stream)
_IN_GATHER = {tag: _attributes(getattr(Gather, tag.lower())) for tag in ("Say", "Play", "Pause")}
_DIALLED = frozenset(name.capitalize() for name in ("client", "conference", "number", "queue", "sim", "sip")
                     if hasattr(Dial, name))
