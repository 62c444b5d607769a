"""The browser phone's page and its small API. The page speaks the Media Streams protocol to `/media`; this file only
begins calls, hands out one-time tokens that stand for the carrier's signature, and shows what arrived.

Every POST must come from our own page, which `web.guard` looks at. What is shown here is the page's own calls only.
"""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from ivr.demo.backstage import Backstage
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.dialog.slots import email as addresses
from ivr.dialog.slots import phone as numbers
from ivr.dialog.speakable import speakable
from ivr.errors import IvrError
from ivr.flow.calendar import local
from ivr.ids import digest, new_call_id, new_token
from ivr.runtime.services import Services
from ivr.sensitive import Sensitive
from ivr.speech import mulaw, wav
from ivr.store.calls import StreamToken
from ivr.web.access import DEMO, declared
from ivr.web.requests import json_body

HERE = Path(__file__).parent
CALLER = "+12025550143"
ANONYMOUS = "anonymous"
PAGE_LANGUAGES = ("en", "es")
LANGUAGE_NAMES = {"en": "English", "es": "Español"}
CHANNELS = ("voice", "tty")
"""Lines that a telephone can call; a text telephone's tones are made by the page."""
MAX_TEXT = 300
TOKEN_LIFE = timedelta(seconds=60)


def blueprint(services: Services, backstage: Backstage) -> Blueprint:
    """Routes under `/phone`."""
    page = Blueprint("phone", __name__, template_folder="templates")
    phone = Phone(services, backstage)
    for rule, methods, function in (
            ("/phone", ["GET"], phone.show), ("/phone/static/<path:name>", ["GET"], phone.static),
            ("/phone/calls", ["POST"], phone.begin), ("/phone/calls/<sid>", ["GET"], phone.watch),
            ("/phone/calls/<sid>/email", ["POST"], phone.email), ("/phone/calls/<sid>/after-stream", ["POST"], phone.after),
            ("/phone/calls/<sid>/leave-queue", ["POST"], phone.leave_queue),
            ("/phone/calls/<sid>/hangup", ["POST"], phone.hang_up), ("/phone/say", ["POST"], phone.say),
            ("/phone/samples", ["GET"], phone.samples)):
        page.add_url_rule(rule, function.__name__, declared(DEMO)(function), methods=methods)
    return page


def words(language: str) -> dict[str, str]:
    """The page's own words."""
    read: dict[str, str] = json.loads((HERE / "static" / f"words.{language}.json").read_text(encoding="utf-8"))
    return read


class Phone:
    def __init__(self, services: Services, backstage: Backstage):
        self._s, self._backstage = services, backstage

    # -- page ---------------------------------------------------------------------------------------------------

    def show(self) -> ResponseReturnValue:
        """The page, in `?lang=` or the language the browser prefers."""
        bundle = self._s.bundles.current
        asked = request.args.get("lang") or request.accept_languages.best_match(PAGE_LANGUAGES)
        language = asked if asked in PAGE_LANGUAGES else PAGE_LANGUAGES[0]
        settings = {"title": dict(bundle.title), "recognizer": self._s.recognition is not None, "language": language,
                    "languages": [x for x in bundle.languages if x in PAGE_LANGUAGES],
                    "text_lines": [x.name for x in bundle.lines.values() if x.channel == "tty"],
                    "words": {x: words(x) for x in PAGE_LANGUAGES}}
        return render_template("phone.html", nonce=g.nonce, settings=settings, w=settings["words"][language], caller=CALLER,
                               pretended=self._backstage.carrier is not None, language_names=LANGUAGE_NAMES,
                               lines=[x.name for x in bundle.lines.values() if x.channel in CHANNELS])

    def static(self, name: str) -> ResponseReturnValue:
        return send_from_directory(HERE / "static", name, max_age=0)

    def samples(self) -> ResponseReturnValue:
        """Sentences to try: spoken by the server, then really recognised."""
        path = HERE / "samples" / f"{self._s.bundles.current.id}.json"
        return jsonify(json.loads(path.read_text(encoding="utf-8")) if path.exists() else [])

    # -- calls --------------------------------------------------------------------------------------------------

    def begin(self) -> ResponseReturnValue:
        """Begin a call: `{line?, language?, number?, email?}` -> `{callSid, accountSid, streamUrl, token}`.

        `number` is `anonymous` for a caller who hides it.
        """
        asked = self._body()
        line = self._s.bundles.current.lines.get(str(asked.get("line") or "main")) or self._s.bundles.current.line_for(None)
        if self._s.recognition is None and line.channel == "voice":
            return jsonify(error="no_recognizer",
                           detail="No speech model is installed here; run: ivr models fetch"), 409
        number = None
        if asked.get("number") != ANONYMOUS:
            reading = numbers.check(str(asked.get("number") or CALLER))
            if reading.status != "ok":
                return jsonify(error="number"), 400
            number = Sensitive(reading.value)
        if asked.get("email") and addresses.check(str(asked["email"]).strip()).status != "ok":
            return jsonify(error="email"), 400
        call_id = new_call_id()
        language = asked.get("language") if asked.get("language") in self._s.bundles.current.languages else line.language
        self._s.transcripts.watch(call_id)
        self._s.turns.take(call_id, ev.CallStarted(call_id, line.name, line.channel, number, number is not None, language))
        if asked.get("email"):
            self._give_email(call_id, str(asked["email"]))
        return jsonify(callSid=call_id, **self._stream(call_id))

    def after(self, sid: str) -> ResponseReturnValue:
        """The socket closed: `{next: ended|queue|reconnect}`, as the webhook behind `<Connect>` would decide."""
        session = self._session(sid)
        if session.status == "ended":
            return jsonify(next="ended", outcome=session.outcome)
        if session.transfer is not None:
            return jsonify(next="queue", queue=session.transfer.queue, rule=session.transfer.policy_rule)
        self._s.streams.lost(sid)
        self._s.turns.take(sid, ev.StreamLost())
        if not self._s.streams.may_open(sid):
            self._s.turns.take(sid, ev.CallEnded("failed"))
            return jsonify(next="ended", outcome="lost")
        return jsonify(next="reconnect", lost=True, **self._stream(sid))

    def leave_queue(self, sid: str) -> ResponseReturnValue:
        """The caller does not want to wait for an officer any longer: the flow goes on, on a new stream."""
        session = self._session(sid)
        if session.transfer is None:
            return jsonify(error="no_queue"), 409
        self._s.turns.take(sid, ev.QueueEnded(session.transfer.queue, "left"))
        return jsonify(next="reconnect", lost=False, **self._stream(sid))

    def watch(self, sid: str) -> ResponseReturnValue:
        """What was said after line `after`, where the call stands, and what arrived."""
        session = self._session(sid)
        after = request.args.get("after", "0")
        lines = self._s.transcripts.after(sid, int(after) if after.isdecimal() else 0)
        return jsonify(
            lines=[{"number": x.number, "who": x.who, "text": x.text, "note": x.note} for x in lines],
            status=session.status, outcome=session.outcome, node=session.path(), language=session.language,
            queue=session.transfer.queue if session.transfer else None, **self._arrived(session))

    def email(self, sid: str) -> ResponseReturnValue:
        self._session(sid)
        if not self._give_email(sid, str(self._body().get("email", ""))):
            return jsonify(error="email"), 400
        return jsonify(ok=True)

    def hang_up(self, sid: str) -> ResponseReturnValue:
        self._session(sid)
        self._s.turns.take(sid, ev.CallEnded("hangup"))
        self._s.desk.leave(sid)
        return jsonify(ok=True)

    def say(self) -> ResponseReturnValue:
        """`{text, language}` -> a WAV of it, to be spoken into the line."""
        asked = self._body()
        text, language = str(asked.get("text", "")).strip()[:MAX_TEXT], str(asked.get("language", "en"))
        if not text or language not in self._s.bundles.current.languages or self._s.prompt_audio is None:
            return jsonify(error="text"), 400
        audio = self._s.prompt_audio.audio(text, language, None, False)
        return Response(io.BytesIO(wav.write_pcm16(mulaw.decode(audio), 8000)).getvalue(), content_type="audio/wav")

    # -- parts --------------------------------------------------------------------------------------------------

    def _body(self) -> dict[str, Any]:
        body = json_body(request)
        return body if isinstance(body, dict) else {}

    def _session(self, sid: str) -> Session:
        session = self._s.turns.session(sid)
        if session is None or not self._s.transcripts.is_watched(sid):
            abort(404)
        return session

    def _stream(self, call_id: str) -> dict[str, str]:
        token = new_token()
        with self._s.db.write() as connection:
            self._s.calls.stream_token(connection, call_id, StreamToken(
                digest(token), self._s.clock.now() + TOKEN_LIFE, stands_for_signature=True))
        return {"accountSid": self._s.settings.twilio_account_sid, "streamUrl": "/media", "token": token}

    def _give_email(self, call_id: str, address: str) -> bool:
        reading = addresses.check(address.strip())
        if reading.status != "ok":
            return False
        try:
            self._s.turns.take(call_id, ev.ContactGiven("email", Sensitive(reading.value)))
        except IvrError:
            return False
        return True

    def _arrived(self, session: Session) -> dict[str, Any]:
        """Texts and emails that the pretended carrier and mail server really received for this call, and its promises."""
        rows = self._s.promises.of_call(session.call_id)
        sent = {r["provider_id"] for r in rows if r["provider_id"]}
        ledger = self._backstage.ledger
        return {
            "sms": [{"to": m.to, "body": m.body} for m in ledger.sms if m.sid in sent],
            "emails": [{"to": m.to, "subject": m.subject, "body": m.body} for m in ledger.emails if m.message_id in sent],
            "promises": [{"kind": r["kind"], "state": r["state"], "due_by": self._day(r["payload"]["due_by"], session),
                          "reference": speakable("reference", r["reference"], session.language, "sms")}
                         for r in rows if r["kind"] != "message"]}

    def _day(self, instant: str, session: Session) -> str:
        """In the words and the time zone in which the caller heard it; the browser's zone may have another date."""
        calendar = self._s.bundles.get(session.bundle_hash).calendar
        return speakable("due_by", local(calendar, datetime.fromisoformat(instant)).isoformat(), session.language, "sms")
