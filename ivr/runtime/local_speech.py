"""Recogniser and voices of this machine, chosen and started; None where the carrier hears and speaks for us.

Imports the engines only when they are wanted: a process without speech starts without them. Called once by `runtime.services`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.config import Settings
from ivr.flow.model import Bundle
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.speech.pool import RecognizerPool

if TYPE_CHECKING:
    from ivr.speech.prompt_audio import PromptAudio

log = logs.get("services")


@dataclass(frozen=True, slots=True)
class LocalSpeech:
    recognition: RecognizerPool
    prompt_audio: PromptAudio


def local_speech_of(settings: Settings, bundle: Bundle, metrics: Metrics) -> LocalSpeech | None:
    from prometheus_client import Counter

    from ivr.speech import engines, recognizer_process, resample
    from ivr.speech.prompt_audio import PromptAudio
    from ivr.speech.recognizer_process import RecognizerProcess
    from ivr.speech.voices import choose_synthesizer

    setting = settings.recognizer or bundle.recognizer.get("main") or "auto"
    decision = engines.decide(setting, settings.models_path)
    log.info("recogniser chosen", engine=decision.name, why=decision.reason)
    if decision.name == "twilio":
        return None
    restarts = Counter("ivr_recognizer_restarts_total", "Recogniser processes that had to be replaced, by why.", ["why"],
                       registry=metrics.registry)
    threading.Thread(target=resample.prepare, name="resampler", daemon=True).start()
    process = RecognizerProcess(recognizer_process.command(setting, settings.models_path),
                                on_restart=lambda why: restarts.labels(why).inc())
    return LocalSpeech(RecognizerPool(process), PromptAudio(settings.var_dir / "audio", choose_synthesizer(settings.models_path)))
