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

from ivr.access.desk import Access
from ivr.clock import Clock, ShiftedClock, SystemClock
from ivr.config import Settings
from ivr.contact.caps import Limits
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.one_moment import one_moment
from ivr.dialog.render import static_prompts
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.office import Parts
from ivr.runtime.carrier_account import phones_of, senders_of
from ivr.runtime.case_desk import case_desk_of
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.context_packet import ContextPackets
from ivr.runtime.data_keys import box_of, check_index_key
from ivr.runtime.desk_tickets import by_queue
from ivr.runtime.desk_work.desk import DeskWork
from ivr.runtime.following import Following, look_of
from ivr.runtime.intent_models import IntentModels
from ivr.runtime.kept_places import KeptPlaces
from ivr.runtime.last_words import LastWords
from ivr.runtime.ledger_figures import LedgerFigures
from ivr.runtime.local_speech import local_speech_of
from ivr.runtime.message_outcomes import MessageOutcomes
from ivr.runtime.office_desk import OfficeDesk
from ivr.runtime.office_figures import OfficeFigures
from ivr.runtime.people import DeskCaller
from ivr.runtime.people_desk import PeopleDesk
from ivr.runtime.promise_desk import PromiseDesk
from ivr.runtime.queue_figures import QueueFigures
from ivr.runtime.slow_lookups import SlowLookups
from ivr.runtime.sms_talk import SmsTalks
from ivr.runtime.streams import Streams
from ivr.runtime.text_session import TextSessions
from ivr.runtime.transcripts import Transcripts
from ivr.runtime.turn import Turns
from ivr.runtime.turn_lookups import TurnLookups
from ivr.runtime.turn_record import TurnRecord
from ivr.runtime.turn_steps import TurnSteps
from ivr.runtime.voice import VoiceAnswers
from ivr.runtime.waiting_places import WaitingPlaces
from ivr.runtime.work import worker_of
from ivr.speech.pool import RecognizerPool
from ivr.store.calls import Calls
from ivr.store.consent import Consents
from ivr.store.db import Database
from ivr.store.links import Links
from ivr.store.models import BundleModels
from ivr.store.office_requests import OfficeRequests
from ivr.store.opening import shared_of
from ivr.store.opt_outs import take_over
from ivr.store.pinned import PinnedBundles
from ivr.store.promise_ledger import PromiseLedger
from ivr.store.promises import Promises
from ivr.store.statuses import CallStatuses
from ivr.store.switches import Switches
from ivr.store.text_rows import TextRows
from ivr.store.versions import Versions
from ivr.telephony.signature import RequestSignature

T = TypeVar("T")


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
        check_index_key(self.db)
        self.shared = shared_of(settings.redis_url, self.db)
        self.access = Access(self.db, self.shared.counters)
        self.calls = Calls(self.db, self.shared.sessions, self.shared.tokens, settings.max_calls)
        self.promises, self.statuses = Promises(self.db), CallStatuses(self.db)
        self.versions = Versions(self.db) if settings.follows_published else None
        self.bundles = Bundles(settings.bundle, settings.env, PinnedBundles(self.db), self.clock, self.versions)
        self.model_of = IntentModels(settings, BundleModels(self.db), intents, may_learn=speech).of
        self.last_words = LastWords(self.bundles.current)
        self.model_of(self.bundles.current)
        self.streams = Streams(settings.max_streams)
        self.transcripts = Transcripts()
        self.signatures = RequestSignature(settings.tokens() or (secrets.token_hex(16),), settings.shared_keys())
        self.ledger, self.switches = PromiseLedger(self.db), Switches(self.db)
        self.metrics.registry.register(LedgerFigures(self.ledger, self.clock))
        self.metrics.registry.register(OfficeFigures(self.db, self.clock))
        self.office_desk = OfficeDesk(self.db, self.clock, lambda: self.access.audit)
        take_over(self.db)
        self.consents, self.links = Consents(self.db), Links(self.db)
        self.outcomes = MessageOutcomes(self.db, self.clock, self.metrics, self.crash)
        self.contact_rules = ContactRules(self.db, self.metrics, _limits(settings))
        self.senders = senders_of(settings, self.public_url, self.db, self.clock, lambda: self.bundles.current, self.outcomes)
        self.worker, self.callbacks = worker_of(Parts(settings, self.public_url, self.db, self.bundles, self.calls, self.clock,
                                                      self.metrics, self.crash, self.contact_rules.textable), self.senders)
        self.promise_desk = PromiseDesk(self.ledger, lambda: self.callbacks.desk, self.clock, self.access.audit, self.worker.wake)
        self.cases = case_desk_of(settings, self.shared.counters, self.db, self.clock, self.metrics)
        self.slow = SlowLookups(self.clock, settings.cases_threads, seats=max(1, min(settings.webhook_threads, settings.page_threads) // 2))
        lookups = TurnLookups(OfficeRequests(self.db), self.callbacks.desk, lambda session: self.waiting.wait_s(session),
                              self.cases, self.slow)
        self.turns = Turns(self.calls, self.bundles,
                           TurnSteps(self.bundles, self.model_of, lookups, self.contact_rules, self.metrics, self.public_url),
                           TurnRecord(self.db, self.calls, self.contact_rules, self.crash, self.callbacks.keeping),
                           self.clock, self.metrics, self.worker.wake)
        self.queue_figures = QueueFigures(self.shared, self.clock)
        self.text_rows = TextRows(self.db)
        self.desk_work = DeskWork(self.db, self.turns, self.calls, self.bundles, self.callbacks.desk, self.contact_rules,
                                  self.access.audit, self.clock, self.metrics, self.public_url, self.worker.wake)
        self.packets = ContextPackets(self.turns, self.calls, self.promises, self.bundles, self.text_rows, self.clock,
                                      self.access.audit, self.desk_work)
        self.phones = phones_of(settings, self.public_url)
        self.desk = PeopleDesk(self.clock, self.packets.words, self.packets.longest_s, self.packets.of,
                               by_queue(self.bundles, self.clock), self._taken, phones=self.phones)
        self.desk_work.serving = self.desk
        self.callbacks.endings.on_over = self._promised_call_over
        self.texts, self.sms_talks = TextSessions(self), SmsTalks(self)
        self.following = Following(look_of(self), self.metrics)
        self.waiting = WaitingPlaces(settings.callers_wait, self.desk, self.queue_figures, self.streams, self.bundles,
                                     has_voice=lambda: self.prompt_audio is not None)
        self.voice = VoiceAnswers(self.public_url, self.clock, self.may_stream, self.one_moment, self.waiting.by_desk, self.desk.leg_of)
        self.kept_places = KeptPlaces(self.db, self.bundles, self.callbacks.situations, self.callbacks.desk, self.calls, self.desk,
                                      self.queue_figures, self.clock, self.waiting.where)
        local = local_speech_of(settings, self.bundles.current, self.metrics) if speech else None
        self.recognition: RecognizerPool | None = local and local.recognition
        self.prompt_audio: Any = local and local.prompt_audio
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="media")
        self.ready = False

    # -- parts --------------------------------------------------------------------------------------------------

    @property
    def public_url(self) -> str:
        return self.settings.public_url.rstrip("/") or f"http://{self.settings.host}:{self.port}"

    def prepare(self, bundle: Bundle) -> None:
        """Everything that calls on this bundle need at once; its prompts are rendered behind their backs."""
        self.model_of(bundle)
        self.last_words = LastWords(bundle)
        if self.prompt_audio is not None and self.ready:
            from ivr.speech.prompt_audio import PromptItem

            self._threads.submit(self.prompt_audio.render_all, [PromptItem(*item) for item in static_prompts(bundle)])

    # -- questions the rim asks ---------------------------------------------------------------------------------

    def may_stream(self, session: Session) -> bool:
        # The tones of a text telephone are ours to read: without a recogniser as well.
        can_hear = session.channel == "tty" or (self.recognition is not None and self.recognition.usable)
        return can_hear and self.streams.may_open(session.call_id)

    def _promised_call_over(self, call_sid: str) -> None:
        """Whoever waited or talked at our own desk has gone; how far they came decides what the call was worth."""
        session = self.turns.session(call_sid)
        if session is not None and session.status == "live":
            self.turns.take(call_sid, ev.CallEnded("hangup"))
        self.desk.leave(call_sid)

    def _taken(self, caller: DeskCaller, waited_s: float) -> None:
        if getattr(caller, "place_key", ""):
            return  # they waited at home, perhaps over a night: that is no figure of a line
        self.metrics.queue_wait.labels(caller.queue, caller.language).observe(waited_s)

    def one_moment(self, language: str) -> act.Say | None:
        """What is said to somebody who waits for us."""
        return one_moment(self.bundles.current, language)

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
        self.following.start()
        self.desk.start()
        self.kept_places.start()
        self.texts.start()
        # What was loaded until now lives as long as the process. Left out of later collections, which would otherwise
        # look through all of it and hold up audio and webhooks alike for tens of milliseconds.
        gc.collect()
        gc.freeze()
        self.ready = True

    def close(self) -> None:
        """In reverse: no new work, finish what runs, let go."""
        self.ready = False
        self.streams.draining = True
        self.following.stop()
        self.texts.close()
        self.kept_places.close()
        self.desk.close()
        self.worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self.recognition:
            self.recognition.close()
        if self.prompt_audio:
            self.prompt_audio.close()
        self.slow.close()
        if self.cases:
            self.cases.close()
        self.shared.close()
        self.db.close()


def _limits(settings: Settings) -> Limits:
    return Limits(**{name: getattr(settings, name) for name in Limits.__dataclass_fields__})
