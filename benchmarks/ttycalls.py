"""Every transcript of the reference deployment by text telephone, through real tones over the media socket's protocol.

    python benchmarks/ttycalls.py [--quick] [--share N] [--json OUT]

What a caller types is sent by one modem and read by the other, and so is every answer; each screen is compared, character by
character, with what the engine said. The line is driven as fast as it goes; its clock is the number of frames. CPU is that of
both ends together: the application's and the telephone's.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.statistics import percentile  # noqa: E402
from ivr.demo.toned_call import TonedCall, call_by_tones  # noqa: E402
from ivr.flow.load import load_bundle  # noqa: E402
from ivr.nlu.train import model_for  # noqa: E402
from ivr.transcripts.call_report import call_text  # noqa: E402
from ivr.transcripts.folder import read_tests  # noqa: E402
from ivr.transcripts.suite import Wanted, run_all  # noqa: E402

SEED = 20261122


class Meter:
    """Seconds of the line and of the processor, call by call."""

    def __init__(self) -> None:
        self.line_s: list[float] = []
        self.cpu_s: list[float] = []

    def call(self, *arguments: object) -> object:
        begun = time.process_time()
        made = call_by_tones(*arguments)  # type: ignore[arg-type]
        if isinstance(made, TonedCall):
            over = made.close

            def close() -> None:
                over()
                if made.line_s:
                    self.line_s.append(made.line_s)
                    self.cpu_s.append(time.process_time() - begun)

            made.close = close  # type: ignore[method-assign]
        return made


def main() -> int:
    parser = figures.options("Transcripts by text telephone, in tones.")
    parser.add_argument("--share", type=int, default=0, metavar="N", help="only so many transcripts, drawn by a fixed seed")
    options = parser.parse_args()
    folder = ROOT / "flows/uscis"
    bundle = load_bundle(folder)
    tests = list(read_tests(folder, bundle).tests)
    random.Random(SEED).shuffle(tests)
    tests = tests[:options.share or (20 if options.quick else len(tests))]
    meter = Meter()
    runs = run_all(bundle, model_for(bundle, ROOT / "var/intents"), tests, Wanted(("tty",)), call=meter.call)
    toned = [run for run in runs if run.variant == "tty" and not run.not_applicable]
    failed = [run for run in toned if not run.ok]
    for run in failed[:10]:
        print(call_text(run, folder.name))
    share = [cpu / line for cpu, line in zip(meter.cpu_s, meter.line_s, strict=True)]
    table = [Figure("transcripts", len(tests), ""), Figure("calls in tones", len(toned), ""),
             Figure("calls that did not go as written, to the character", len(failed), "", 0),
             Figure("time on the line, all calls", sum(meter.line_s) / 3600, "h"),
             Figure("time on the line, a call", percentile(meter.line_s, 0.5), "s"),
             Figure("CPU of a call, both ends, median", percentile(meter.cpu_s, 0.5), "s"),
             Figure("of one core while a call lasts, both ends, median", 100 * percentile(share, 0.5), "%"),
             Figure("of one core while a call lasts, both ends, p95", 100 * percentile(share, 0.95), "%"),
             Figure("faster than real time", sum(meter.line_s) / max(1e-9, sum(meter.cpu_s)), "times")]
    figures.show("Transcripts by text telephone", table)
    figures.save("ttycalls", table, options.json, quick=options.quick, details={"failed": [run.test.name for run in failed]})
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    raise SystemExit(main())
