"""`ivr call --record FILE`: the call that was just made, as a transcript that passes. Called by the command."""

from __future__ import annotations

from pathlib import Path

from ivr.demo.call import TerminalCall
from ivr.errors import Bug, IvrError
from ivr.transcripts.model import AS_WRITTEN, Variant
from ivr.transcripts.play import Stage, play
from ivr.transcripts.ranking import Rankings
from ivr.transcripts.reading import read_test
from ivr.transcripts.record import recorded
from ivr.transcripts.touched import Touched


def write_transcript(call: TerminalCall, path: Path) -> None:
    """Write the call down, after it was made again from what is written. Raises IvrError when it holds personal data, or
    cannot be made again."""
    bundle = call.services.bundles.current
    events = [(e.at, e.event) for e in call.services.calls.log_of(call.call.sid) if e.applied]
    text = recorded(bundle, events, path.stem.replace("_", " ").replace("-", " "))
    test, problems = read_test(text.encode(), f"tests/{path.name}", bundle)
    if test is None:
        raise Bug(f"the recording cannot be read: {problems[0].message}")
    run = play(Stage(bundle, Touched(bundle), Rankings(call.services.model_of(bundle))), test, Variant(AS_WRITTEN),
               test.languages[0], None)
    if run.failure:
        raise IvrError(f"the call cannot be made again from its recording: {run.failure.message}",
                       hint="a call with audio depends on what was recognised; record it by text")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise IvrError(f"{path} cannot be written: {error.strerror}") from error
