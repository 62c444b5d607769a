"""Everything a process needs, built once at its start and closed in reverse. No module keeps a global of its own."""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ivr.clock import Clock, ShiftedClock, SystemClock
from ivr.config import Settings
from ivr.contact.email import EmailSender
from ivr.contact.senders import Senders
from ivr.contact.sms import SmsSender
from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.nlu.encoder import Encoder
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles, IntentModel
from ivr.runtime.data_keys import box_of
from ivr.runtime.streams import Streams
from ivr.runtime.transcripts import Transcripts
from ivr.runtime.turn import Turns
from ivr.runtime.voice import VoiceAnswers
from ivr.runtime.worker import Worker
from ivr.speech.pool import RecognizerPool
from ivr.store.calls import Calls
from ivr.store.db import Database
from ivr.store.pinned import PinnedBundles
from ivr.store.promises import Promises
from ivr.store.statuses import CallStatuses
from ivr.telephony.rest import TwilioRest
from ivr.telephony.signature import RequestSignature

T = TypeVar("T")
FILLER = "one_moment"
log = logs.get("services")


class Services:
    """Built from settings. `speech=False` leaves recogniser and voices out: everything goes through `<Gather>`."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None, speech: bool = True, port: int | None = None,
                 first_language: str | None = None, intents: Path | None = None):
        """`first_language`: what calls begin in where their line does not say; `intents`: where trained intent models are
        kept, if not in `var_dir`."""
        self.settings = settings
        self.first_language = first_language
        self.clock: Clock = clock or (ShiftedClock(settings.now) if settings.now else SystemClock())
        self.port = settings.port if port is None else port
        self.metrics = Metrics()
        self.crash = CrashPoints(settings.crash_at)
        self.db = Database(settings.database, box_of(settings))
        self.calls, self.promises, self.statuses = Calls(self.db), Promises(self.db), CallStatuses(self.db)
        self.bundles = Bundles(settings.bundle, settings.env, PinnedBundles(self.db), self.clock)
        self._models: dict[str, IntentModel] = {}
        self._may_learn = speech
        self._intents = intents or settings.var_dir / "intents"
        self.model_of(self.bundles.current)
        self.streams = Streams(settings.max_streams)
        self.transcripts = Transcripts()
        self.signatures = RequestSignature(settings.tokens() or (secrets.token_hex(16),))
        self.worker = Worker(self.promises, self.senders(), self.clock, self.metrics, lease_s=settings.lease_s,
                             crash=self.crash)
        self.turns = Turns(self.db, self.bundles, self.model_of, self.clock, self.metrics, self.crash,
                           on_promised=self.worker.wake)
        self.voice = VoiceAnswers(self.public_url, self.clock, self.may_stream)
        self.recognition: RecognizerPool | None = None
        self.prompt_audio: Any = None
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="media")
        self.ready = False
        if speech:
            self._load_speech()

    # -- parts --------------------------------------------------------------------------------------------------

    @property
    def public_url(self) -> str:
        return self.settings.public_url.rstrip("/") or f"http://{self.settings.host}:{self.port}"

    def model_of(self, bundle: Bundle) -> IntentModel:
        from ivr.nlu.train import is_kept, model_for

        model = self._models.get(bundle.hash)
        if model is None:
            encoder = self._encoder()
            if encoder and not self._may_learn and not is_kept(bundle, self._intents, encoder):
                encoder = None  # vectors of all phrases take a minute, for which whoever types a call does not wait
            log.info("learning intents, or taking them from where they were kept", bundle=bundle.id, by="meaning" if encoder else "words")
            model = self._models[bundle.hash] = model_for(bundle, self._intents, encoder, publish=self.settings.env == "production")
        return model

    def _encoder(self) -> Encoder | None:
        from ivr.nlu.encoder import encoder_in

        return encoder_in(self.settings.models_path) if self.settings.intents == "auto" else None

    def senders(self) -> Senders:
        s, out = self.settings, Senders()
        if s.twilio_account_sid and s.twilio_auth_token:
            rest = TwilioRest(s.twilio_account_sid, s.twilio_auth_token.get_secret_value(), s.twilio_api_base)
            out["sms"] = SmsSender(rest, s.twilio_from, f"{self.public_url}/sms/status")
        if s.smtp_url:
            out["email"] = EmailSender(s.smtp_url.get_secret_value(), s.mail_from)
        return out

    def _load_speech(self) -> None:
        from prometheus_client import Counter

        from ivr.speech import engines, recognizer_process
        from ivr.speech.prompt_audio import PromptAudio
        from ivr.speech.recognizer_process import RecognizerProcess
        from ivr.speech.voices import choose_synthesizer

        bundle = self.bundles.current
        setting = self.settings.recognizer or bundle.recognizer.get("main") or "auto"
        decision = engines.decide(setting, self.settings.models_path)
        log.info("recogniser chosen", engine=decision.name, why=decision.reason)
        if decision.name == "twilio":
            return
        restarts = Counter("ivr_recognizer_restarts_total", "Recogniser processes that had to be replaced, by why.", ["why"],
                           registry=self.metrics.registry)
        process = RecognizerProcess(recognizer_process.command(setting, self.settings.models_path),
                                    on_restart=lambda why: restarts.labels(why).inc())
        self.recognition = RecognizerPool(process)
        self.prompt_audio = PromptAudio(self.settings.var_dir / "audio", choose_synthesizer(self.settings.models_path))

    # -- questions the rim asks ---------------------------------------------------------------------------------

    def may_stream(self, session: Session) -> bool:
        return self.recognition is not None and self.recognition.usable and self.streams.may_open(session.call_id)

    def filler(self, call_id: str, language: str) -> act.Say | None:
        """What is said when recognition is slow; None where the bundle has no such prompt."""
        bundle = self.bundles.current
        if FILLER not in bundle.prompts.get(language, {}):
            return None
        return act.Say(FILLER, render(bundle, FILLER, language, "voice", slots={}, values={}).text, language)

    def is_own_origin(self, origin: str, host: str) -> bool:
        """Whether a browser says that our own page opened the socket. The Host must be one we are known by."""
        own = {urlsplit(self.public_url).netloc, f"127.0.0.1:{self.port}", f"localhost:{self.port}",
               f"{self.settings.host}:{self.port}"}
        return bool(origin) and urlsplit(origin).netloc == host and host in own

    async def in_thread(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        if self.settings.worker == "embedded":
            self.worker.start()
        # What was loaded until now lives as long as the process. Left out of later collections, which would otherwise
        # look through all of it and hold up audio and webhooks alike for tens of milliseconds.
        gc.collect()
        gc.freeze()
        self.ready = True

    def close(self) -> None:
        """In reverse: no new work, finish what runs, let go."""
        self.ready = False
        self.streams.draining = True
        self.worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self.recognition:
            self.recognition.close()
        if self.prompt_audio:
            self.prompt_audio.close()
        self.db.close()
