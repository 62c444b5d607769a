"""What the bridge between a caller and a member of staff adds to the way from mouth to ear, and how many of them one core carries,
next to a bare relay on the same stack.

    python benchmarks/bridge.py [--quick] [--json OUT]

The server is pinned to one core, both sides of all conversations (one process) to the other. Ours is all there is in a real one: the
store, the desk, the recogniser loaded, the protocol checks; the relay parses the JSON, decodes and passes on.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.job_process import JobProcess  # noqa: E402
from benchmarks.parts.server_process import ServerProcess, environment  # noqa: E402
from benchmarks.parts.statistics import percentile  # noqa: E402

DELAY_MS, PAIRS = 150.0, 20
ARRIVED = 0.999
"""Share of the frames; the rest was on its way when the clock stopped."""
Measured = dict[str, dict[str, Any]]


def measure(quick: bool) -> Measured:
    """{ours, relay} -> figures of 20 conversations, and of 2."""
    seconds, out = (3 if quick else 20), {}
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name, ExitStack() as stack:
        servers = {what: stack.enter_context(_start(what, Path(name))) for what in ("relay", "ours")}
        talk = JobProcess("benchmarks.parts.bridge_load")
        stack.callback(talk.close)
        for what, server in servers.items():
            job = {"what": what, "port": server.port, "pid": server.process.pid}
            talk.run(**job, pairs=2, seconds=1)  # a first round that nobody looks at
            out[what] = talk.run(**job, pairs=PAIRS, seconds=seconds)
    return out


def _start(what: str, folder: Path) -> ServerProcess:
    var = folder / what
    var.mkdir()
    audio = ROOT / "var/audio"
    audio.mkdir(parents=True, exist_ok=True)
    (var / "audio").symlink_to(audio)
    env = environment(var, IVR_MODELS_DIR=str(ROOT / "var/models"), IVR_MAX_STREAMS="1000", IVR_INTENTS="words", IVR_RECOGNIZER="whisper",
                      HF_HUB_OFFLINE="1", IVR_STAFF_TOTP="optional", IVR_ENV="development", IVR_NOW="2026-03-10T10:05:00-04:00")
    return ServerProcess(["-m", "benchmarks.parts.bridge_server", what], env, folder / f"{what}.log")


def evaluate(measured: Measured) -> list[Figure]:
    """The table. Pure."""
    out = []
    for what, label in (("ours", "ours"), ("relay", "bare relay")):
        m, ours = measured[what], what == "ours"
        out += [Figure(f"{label}: conversations on one core", m["pairs"], "", PAIRS if ours else None, at_least=True),
                Figure(f"{label}: frames that arrived", 100 * m["arrived"], "%", 100 * ARRIVED if ours else None, at_least=True),
                Figure(f"{label}: added from mouth to ear, median", percentile(m["delays_ms"], 0.5), "ms"),
                Figure(f"{label}: added from mouth to ear, p99", percentile(m["delays_ms"], 0.99), "ms", DELAY_MS if ours else None),
                Figure(f"{label}: added from mouth to ear, longest", max(m["delays_ms"]), "ms"),
                Figure(f"{label}: of the core", 100 * m["core"], "%")]
    times = measured["ours"]["core"] / max(measured["relay"]["core"], 1e-9)
    return [*out, Figure("CPU of a conversation, ours to the relay's", times, "times")]


def main() -> int:
    options = figures.options("The bridge between callers and staff, against a bare relay.").parse_args()
    measured = measure(options.quick)
    table = evaluate(measured)
    figures.show("bridge, one core", table)
    details = {what: {k: v for k, v in m.items() if k != "delays_ms"} for what, m in measured.items()}
    figures.save("bridge", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    sys.exit(main())
