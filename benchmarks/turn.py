"""From the end of what a caller says to the first sound of the answer, over the real WebSocket, with the real recogniser.

    python benchmarks/turn.py [--quick] [--json OUT]

Calls in English and Spanish, spoken by espeak and sent in real time, one call at a time. A turn begins when the frame with
the last voiced 10 ms leaves the caller and ends when the first audio message arrives there. The split comes from the
server's own stop-watch (its debug log `turn timing`). `recognition` is what remains of it when the silence that ends the
utterance is over: it begins at the first 250 ms of that silence.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.learnt_intents import learn_intents  # noqa: E402
from benchmarks.parts.statistics import percentile  # noqa: E402
from benchmarks.parts.turn_script import CALLS, QUICK_CALLS, voice_ends_ms  # noqa: E402
from ivr.speech import mulaw  # noqa: E402
from ivr.speech.espeak_synthesizer import EspeakSynthesizer  # noqa: E402
from ivr.testing.caller_frames import FRAME_S  # noqa: E402
from ivr.testing.emulated_call import EmulatedCall  # noqa: E402
from ivr.testing.media_leg import MediaLeg  # noqa: E402
from tests.live.server import LiveServer  # noqa: E402

MEDIAN_S, P95_S = 0.8, 1.2
STAGES = ("endpointing", "recognition", "turn", "prompt")
PAUSE_S = 0.4
"""Nothing more has come for so long: the system has sent its piece, and an impatient caller may begin."""


@dataclass(frozen=True, slots=True)
class Turn:
    language: str
    said: str
    answered_after_s: float


def main() -> int:
    options = figures.options("End of speech to first audio, over the media socket.").parse_args()
    turns, stages, silent = measure(options.quick)
    table = evaluate(turns, stages, silent)
    figures.show("end of speech to first audio", table)
    details = {"turns": [[t.language, t.said, round(t.answered_after_s, 3)] for t in turns], "stages_ms": stages}
    figures.save("turn", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


def measure(quick: bool) -> tuple[list[Turn], list[dict[str, float]], int]:
    """Turns as the caller lived them, the server's stages of each, and how many got no answer."""
    voice = EspeakSynthesizer()
    turns: list[Turn] = []
    silent = 0
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        learn_intents(ROOT / "flows/uscis", ROOT / "var/models")  # ahead: it takes a minute
        server = LiveServer(Path(name), IVR_LOG_LEVEL="debug", IVR_RECOGNIZER="whisper", IVR_INTENTS="auto")
        with server:
            _conversation(server.carrier.call(), "en", CALLS[0][1][:1], voice)  # warms up; nobody looks at it
            warm = len(timings(server.log))
            for language, sentences in CALLS[:QUICK_CALLS] if quick else CALLS:
                call = server.carrier.call()
                lived = list(_conversation(call, language, sentences, voice))
                turns += [t for t in lived if t is not None]
                silent += sum(t is None for t in lived)
        stages = timings(server.log)[warm:]
    voice.close()
    return turns, stages, silent


def _conversation(call: EmulatedCall, language: str, sentences: tuple[str, ...], voice: EspeakSynthesizer
                  ) -> Iterator[Turn | None]:
    leg = call.leg
    if leg is None:
        raise SystemExit(f"error: the call got no media stream: {call.verbs} {call.errors}")
    _until_said(leg)
    if language != "en":
        leg.press("2")
        _until_said(leg, after_s=leg.now_s)
    for said in sentences:
        if leg.is_closed:
            break
        yield _turn(leg, language, said, voice)
    leg.hangup()


def _turn(leg: MediaLeg, language: str, said: str, voice: EspeakSynthesizer) -> Turn | None:
    """One sentence and the wait for its answer; None when there was none."""
    samples = voice.speak(said, language)
    tail_s = (samples.size / 8 - voice_ends_ms(samples)) // 20 * FRAME_S
    leg.play_mulaw(mulaw.encode(samples))
    leg.wait_spoken(30)
    ended_s = leg.now_s - tail_s
    answered = leg.wait_for(lambda x: any(p.received_s > ended_s for p in x.pieces) or x.is_closed, 10)
    first = next((p.received_s for p in leg.pieces if p.received_s > ended_s), None)
    if not answered or first is None:
        return None
    _until_said(leg, after_s=ended_s)
    return Turn(language, said, first - ended_s)


def _until_said(leg: MediaLeg, after_s: float = -1.0) -> None:
    def sent(x: MediaLeg) -> bool:
        return x.is_closed or (any(p.received_s > after_s for p in x.pieces)
                               and x.now_s > x.pieces[-1].received_s + PAUSE_S)

    leg.wait_for(sent, 15)


def timings(log: object) -> list[dict[str, float]]:
    """The stages of each turn, out of the server's log lines. Pure."""
    found = []
    for line in log:  # type: ignore[attr-defined]
        if '"turn timing"' in line:
            entry = json.loads(line)
            if all(f"{s}_ms" in entry for s in STAGES):
                found.append({s: entry[f"{s}_ms"] for s in STAGES})
    return found


def evaluate(turns: list[Turn], stages: list[dict[str, float]], silent: int) -> list[Figure]:
    """The table. Pure."""
    waits = [t.answered_after_s for t in turns]
    out = [Figure("turns", len(turns)), Figure("turns without an answer", silent, "", 0),
           Figure("end of speech to first audio, median", percentile(waits, 0.5), "s", MEDIAN_S),
           Figure("end of speech to first audio, p95", percentile(waits, 0.95), "s", P95_S)]
    for language in sorted({t.language for t in turns}):
        out.append(Figure(f"median, {language}", percentile([t.answered_after_s for t in turns if t.language == language], 0.5),
                          "s"))
    for stage in STAGES:
        values = [s[stage] for s in stages]
        if values:
            out += [Figure(f"of this {stage}, median", percentile(values, 0.5), "ms"),
                    Figure(f"of this {stage}, p95", percentile(values, 0.95), "ms")]
    return out


if __name__ == "__main__":
    sys.exit(main())
