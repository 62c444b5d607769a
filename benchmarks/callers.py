"""Twenty callers at once, each speaking every 8 s or so: how long until the system answers.

    python benchmarks/callers.py [--quick] [--callers 20] [--json OUT]

A real server process with its recogniser process; real media sockets that send a frame every 20 ms and real speech (espeak)
into them. Callers interrupt prompts, as people do. A turn begins with the last voiced 10 ms and ends when the first audio of
the answer arrives at the caller. The callers' own sockets and threads run on the same cores and are part of the load.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.learnt_intents import learn_intents  # noqa: E402
from benchmarks.parts.statistics import percentile  # noqa: E402
from benchmarks.parts.turn_script import CALLS, voice_ends_ms  # noqa: E402
from benchmarks.turn import STAGES, timings  # noqa: E402
from ivr.speech import mulaw  # noqa: E402
from ivr.speech.espeak_synthesizer import EspeakSynthesizer  # noqa: E402
from ivr.testing.caller_frames import FRAME_S  # noqa: E402
from ivr.testing.emulated_call import EmulatedCall  # noqa: E402
from ivr.testing.media_leg import MediaLeg  # noqa: E402
from tests.live.server import LiveServer  # noqa: E402

P95_S = 1.5
EVERY_S, SPREAD_S = 8.0, 2.0
ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, ready to be spoken."""

    audio: bytes
    silent_tail_s: float


class Caller(threading.Thread):
    """Calls again and again until `over`, speaking at its own rhythm."""

    def __init__(self, number: int, server: LiveServer, lines: dict[tuple[str, str], Line], over: threading.Event):
        super().__init__(name=f"caller-{number}", daemon=True)
        self._server, self._lines, self._over, self._random = server, lines, over, random.Random(number)
        self._scripts = itertools.islice(itertools.cycle(CALLS), number, None)
        self.waits_s: list[float] = []
        self.silent = self.calls = self.lost = 0

    def run(self) -> None:
        # Spread over one rhythm, so that they do not all begin with the same frame.
        self._over.wait(self._random.uniform(0, EVERY_S))
        while not self._over.is_set():
            language, sentences = next(self._scripts)
            self.calls += 1
            call = self._server.carrier.call()
            if call.leg is None:
                self.lost += 1
                self._over.wait(EVERY_S)
                continue
            self._converse(call, call.leg, language, sentences)

    def _converse(self, call: EmulatedCall, leg: MediaLeg, language: str, sentences: tuple[str, ...]) -> None:
        leg.wait_for(lambda x: x.marks_sent > 0 or x.is_closed, ANSWER_S)
        if language != "en":
            leg.press("2")
        for sentence in sentences:
            self._over.wait(self._random.uniform(EVERY_S - SPREAD_S, EVERY_S + SPREAD_S))
            if self._over.is_set() or leg.is_closed:
                break
            self._turn(leg, self._lines[language, sentence])
        leg.hangup()

    def _turn(self, leg: MediaLeg, line: Line) -> None:
        leg.play_mulaw(line.audio)
        leg.wait_spoken(30)
        ended_s = leg.now_s - line.silent_tail_s
        leg.wait_for(lambda x: any(p.received_s > ended_s for p in x.pieces) or x.is_closed, ANSWER_S)
        first = next((p.received_s for p in leg.pieces if p.received_s > ended_s), None)
        if first is None:
            self.silent += 1
        else:
            self.waits_s.append(first - ended_s)


def main() -> int:
    parser = figures.options("Callers at once, end of speech to first audio.")
    parser.add_argument("--callers", type=int, default=20)
    options = parser.parse_args()
    table, details = measure(options.callers, 30.0 if options.quick else 120.0)
    figures.show(f"{options.callers} callers at once", table)
    figures.save("callers", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


def measure(count: int, seconds: float) -> tuple[list[Figure], dict[str, object]]:
    lines = dict(spoken_lines())
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        learn_intents(ROOT / "flows/uscis", ROOT / "var/models")  # ahead: it takes a minute
        server = LiveServer(Path(name), IVR_LOG_LEVEL="debug", IVR_RECOGNIZER="whisper", IVR_INTENTS="auto",
                            IVR_MAX_STREAMS=str(count + 5))
        with server:
            over = threading.Event()
            callers = [Caller(n, server, lines, over) for n in range(count)]
            begun = time.monotonic()
            for caller in callers:
                caller.start()
            over.wait(seconds)
            over.set()
            for caller in callers:
                caller.join(60)
            lasted_s = time.monotonic() - begun
            degraded, stages = degraded_calls(server.url), timings(server.log)
    return evaluate(callers, degraded, stages), {"seconds": round(lasted_s, 1), "waits_s": [
        round(w, 3) for c in callers for w in c.waits_s]}


def spoken_lines() -> Iterator[tuple[tuple[str, str], Line]]:
    voice = EspeakSynthesizer()
    for language, sentences in CALLS:
        for sentence in sentences:
            samples = voice.speak(sentence, language)
            yield (language, sentence), Line(mulaw.encode(samples), (samples.size / 8 - voice_ends_ms(samples)) // 20 * FRAME_S)
    voice.close()


def degraded_calls(url: str) -> float:
    """Calls that went on by keys and the carrier's recogniser, by the server's own count."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        found = re.findall(r"^ivr_degraded_total\{.*\} ([0-9.]+)$", answer.read().decode(), re.MULTILINE)
    return sum(map(float, found))


def evaluate(callers: list[Caller], degraded: float, stages: list[dict[str, float]]) -> list[Figure]:
    """The table. Pure."""
    waits = [w for c in callers for w in c.waits_s]
    out = [Figure("callers", len(callers)), Figure("calls", sum(c.calls for c in callers)), Figure("turns", len(waits)),
           Figure("turns without an answer", sum(c.silent for c in callers), "", 0),
           Figure("calls without a media stream", sum(c.lost for c in callers), "", 0),
           Figure("calls that went on by keys", degraded, "", 0),
           Figure("end of speech to first audio, median", percentile(waits, 0.5), "s"),
           Figure("end of speech to first audio, p95", percentile(waits, 0.95), "s", P95_S)]
    for stage in STAGES:
        values = [s[stage] for s in stages]
        if values:
            out.append(Figure(f"of this {stage}, p95", percentile(values, 0.95), "ms"))
    return out


if __name__ == "__main__":
    sys.exit(main())
