"""The benchmarks' arithmetic and their page. Nothing here is timed and no server is started."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import report, streams, turn, webhook
from benchmarks.parts import recorded_sql
from benchmarks.parts.figures import Figure
from benchmarks.parts.statistics import highest_good_step, median_ratio, percentile, slope
from benchmarks.parts.turn_script import CALLS, voice_ends_ms
from benchmarks.parts.webhook_walk import WALK, Signer, call_sid
from ivr.telephony.form_fields import decode
from ivr.telephony.signature import RequestSignature
from ivr.web.turn_timing import TurnTiming


def test_statistics() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([7], 0.99) == 7
    with pytest.raises(ValueError):
        percentile([], 0.5)
    assert median_ratio([70, 10, 90], [100, 100, 100]) == 0.7
    assert highest_good_step({10: 1, 25: 30, 50: 2}, 20) == 10, "a good step behind a bad one is luck"
    assert highest_good_step({10: 21}, 20) == 0
    assert slope([(10, 105), (20, 110), (30, 115)]) == pytest.approx(0.5)
    assert slope([(10, 5)]) == 0


def test_a_figure_is_met_on_the_right_side_of_its_target() -> None:
    assert Figure("ratio", 0.7, "", 0.7, at_least=True).met is True
    assert Figure("ratio", 0.69, "", 0.7, at_least=True).met is False
    assert Figure("p99", 21, "ms", 20).met is False
    assert Figure("median", 21).met is None


def test_webhook_table() -> None:
    def part(rate: float) -> dict[str, object]:
        return {"gather": {"rate": rate}, "voice": {"rate": 2 * rate}, "cpu_us": 1e6 / rate}

    rounds = [{"ours": part(80), "bare": part(100), "no_sql": part(200)}, {"ours": part(60), "bare": part(100), "no_sql": part(150)},
              {"ours": part(75), "bare": part(100), "no_sql": part(150)}]
    table = {f.what: f for f in webhook.evaluate(rounds, {"ours": [[1, 2, 30]], "bare": [[1, 1, 2]]})}
    ratio = table["a turn (POST /voice/gather): ours / bare with the same SQL"]
    assert (ratio.value, ratio.met) == (0.75, True)
    assert table["a turn (POST /voice/gather): ours / bare without SQL"].value == 0.4
    assert table["CPU a request: bare with the same SQL / ours"].value == pytest.approx(0.75)
    assert table["300 turns/s, ours: p99"].met is False
    assert table["300 turns/s, bare view, same SQL: p99"].met is None


def test_webhook_requests_are_signed_as_the_carrier_signs() -> None:
    signer = Signer("AC1", "secret", "https://ivr.example.org")
    call = call_sid("a1", 7)
    assert len(call) == 34
    for turn_number in range(1, len(WALK) + 1):
        head, _, body = signer.answered(call, turn_number).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        url = "https://ivr.example.org" + first.split()[1]
        assert RequestSignature(["secret"]).is_valid_form(url, decode(body), headers["X-Twilio-Signature"])
        assert int(headers["Content-Length"]) == len(body)


def test_recorded_statements_are_replayed_for_another_call() -> None:
    fit = recorded_sql.for_call("CA1")
    assert fit(("UPDATE x", ("CA1", "gather:CA1:3", b"CA1", 3, None)), "CA2") == ("UPDATE x", ("CA2", "gather:CA2:3", b"CA1", 3, None))
    statements = [("INSERT", ("a", b"\x00\xff", 1, None))]
    assert recorded_sql.from_plain(recorded_sql.plain(statements)) == statements


def test_streams_table() -> None:
    def step(late: float, cpu: float, rss: float, lost: int = 0) -> dict[str, object]:
        return {"late_ms": [0.1, late], "waited_ms": [5, 9], "cpu_us_per_frame": cpu, "rss_mb": rss, "lost": lost}

    ours = {10: step(1, 90, 200), 25: step(3, 80, 203), 50: step(1, 70, 208, lost=1)}
    table = {f.what: f.value for f in streams.evaluate({"ours": ours, "echo": {10: step(1, 30, 90), 25: step(50, 30, 91)}})}
    assert table["ours: streams with p99 lateness under 20 ms"] == 25, "a step that loses a stream is bad"
    assert table["ours: CPU a frame there"] == 80
    assert table["bare echo: streams with p99 lateness under 20 ms"] == 10
    assert table["ours: key `*` to first audio, median"] == 5


def test_turn_table() -> None:
    turns = [turn.Turn("en", "no", 0.5), turn.Turn("es", "no", 0.9), turn.Turn("en", "yes", 0.7)]
    log = ['{"event":"turn"}', '{"event":"turn timing","endpointing_ms":600,"recognition_ms":1,"turn_ms":3,"prompt_ms":0.5}',
           '{"event":"turn timing","endpointing_ms":600,"prompt_ms":0.5}']
    stages = turn.timings(log)
    assert stages == [{"endpointing": 600, "recognition": 1, "turn": 3, "prompt": 0.5}], "a filler is no answer"
    table = {f.what: f for f in turn.evaluate(turns, stages, 1)}
    assert table["end of speech to first audio, median"].value == 0.7
    assert table["end of speech to first audio, p95"].met is True
    assert table["turns without an answer"].met is False


def test_turn_script_has_enough_turns_in_both_languages() -> None:
    assert sum(len(sentences) for _, sentences in CALLS) >= 30
    assert {language for language, _ in CALLS} == {"en", "es"}


def test_the_voice_ends_where_it_gets_quiet() -> None:
    tone = np.sin(np.arange(8000) * 0.3).astype(np.float32)
    quiet = np.full(2400, 0.01, np.float32)
    assert voice_ends_ms(np.concatenate([quiet, tone, quiet])) == 1300


def test_turn_timing_tells_each_stage_once() -> None:
    now = [10.0]
    timing = TurnTiming(lambda: now[0])
    assert timing.spoken() is None, "the greeting answers nobody"
    timing.ended(600)
    for stage, took_s in (("recognition", 0.2), ("turn", 0.003)):
        now[0] += took_s
        timing.reached(stage)
    now[0] += 0.001
    assert timing.spoken() == {"endpointing_ms": 600, "recognition_ms": 200, "turn_ms": 3, "prompt_ms": 1}
    assert timing.spoken() is None, "the second prompt of the same answer"
    timing.ended(600)
    timing.dropped()
    assert timing.spoken() is None


def test_the_page_is_what_the_results_say() -> None:
    page = report.PAGE.read_text(encoding="utf-8")
    assert report.filled(page, report.results()) == page, "run python benchmarks/report.py"


def test_tables_are_filled_between_their_markers_and_again() -> None:
    page = "a\n<!-- webhook:begin -->\nold\n<!-- webhook:end -->\nb\n<!-- turn:begin -->\n<!-- turn:end -->\n"
    rows = [{"what": "ratio", "value": 0.7134, "unit": "", "target": 0.7, "at_least": True, "met": True}]
    once = report.filled(page, {"webhook": {"machine": "m", "figures": rows}})
    assert "| ratio | 0.71 | at least 0.7 | met |" in once
    assert "old" not in once
    assert "Not measured yet: `python benchmarks/turn.py`" in once
    assert report.filled(once, {"webhook": {"machine": "m", "figures": rows}}) == once


def test_recognition_rows_are_understood() -> None:
    row = {"what": "word error rate, en", "n": 30, "value": 7.25, "unit": "%", "limit": 9.0, "met": True}
    free = {"what": "CPU", "n": 30, "value": 200.4, "unit": "ms", "limit": None, "met": True}
    right = {"what": "numbers", "n": 9, "value": 96.0, "unit": "%", "limit": 90.0, "met": True}
    result = {"recognition": {"engine": "whisper", "rows": [row, free, right]}}
    page = report.filled("<!-- recognition:begin -->\n<!-- recognition:end -->", result)
    assert "| numbers (n=9) | 96 % | at least 90 % | met |" in page
    assert "| word error rate, en (n=30) | 7.25 % | at most 9 % | met |" in page
    assert "| CPU (n=30) | 200 ms |  |  |" in page
