"""The console's microphone, and what the page does with sound that arrives at uneven times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright, expect

from ivr.speech import mulaw
from ivr.speech.wav import write_pcm16
from tests.browser.agents import Consoles
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.scripted_desk import ScriptedDesk

MICROPHONE_HZ = 620.0
TAKES_CALLS = {"type": "hello", "audio": True, "phone": False, "language": "en"}
SILENCE = b"\xff" * 160
QUEUE = """async (steps) => {
  const { JitterQueue } = await import('/static/jitter_queue.js');
  const queue = new JitterQueue(8000);
  const out = [];
  for (const [what, value] of steps) {
    if (what === 'frame') queue.samples(new Float32Array(160).fill(value));
    else out.push(Array.from({ length: value }, () => queue.next() ?? null));
  }
  return { out, waiting_ms: queue.waiting / 8 };
}"""


def tone(hertz: float, seconds: float, rate: int = 48_000) -> bytes:
    return write_pcm16((0.4 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32), rate)


def pitch(frames: list[bytes]) -> float:
    samples = mulaw.decode(b"".join(frames))
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(np.argmax(spectrum) * 8000 / samples.size) if spectrum.max() > 1 else 0.0


@pytest.fixture
def with_microphone(playwright: Playwright, tmp_path: Path, opened: Consoles) -> Iterator[Callable[..., ScriptedDesk]]:
    """The console, scripted, in a browser whose microphone hears a tone; or is refused."""
    browsers: list[Browser] = []

    def launch(*more: str, query: str = "", allowed: bool = True, granted: bool = False) -> ScriptedDesk:
        path = tmp_path / "microphone.wav"
        path.write_bytes(tone(MICROPHONE_HZ, 2.0))
        browsers.append(playwright.chromium.launch(executable_path=str(CHROMIUM), args=[
            *FLAGS, "--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={path}",
            "--use-fake-ui-for-media-stream" if allowed else "--deny-permission-prompts", *more]))
        page = opened.page(browsers[-1], permissions=["microphone"] if granted else [])
        desk = ScriptedDesk(page)
        page.goto(f"/agent?lang=en&raw=1{query}")
        expect(page.locator("#doing-words")).to_have_text("Away")
        page.keyboard.press("m")
        return desk

    yield launch
    for browser in browsers:
        browser.close()


@pytest.mark.parametrize("query", ["", "&hertz=48000"], ids=["8 kHz", "resampled"])
def test_the_microphone_is_heard_while_somebody_is_there_to_hear_it(with_microphone: Callable[..., ScriptedDesk], query: str) -> None:
    desk = with_microphone(query=query)
    page = desk.page
    desk.hears(**TAKES_CALLS)
    expect(page.locator("#microphone-words")).to_contain_text("Your microphone is on")
    page.wait_for_timeout(300)
    assert desk.sound == [], "nobody is there"
    desk.connect(channel="voice", speaks=True)
    desk.wait_for(lambda: len(desk.sound) >= 75, "sound")
    assert {len(frame) for frame in desk.sound} == {160}
    assert pitch(desk.sound[25:75]) == pytest.approx(MICROPHONE_HZ, abs=8)
    page.keyboard.press("u")
    expect(page.locator("#call-state")).to_contain_text("Muted")
    before = len(desk.sound) + 10
    desk.wait_for(lambda: len(desk.sound) >= before + 20, "silence is sent while muted")
    assert set(desk.sound[before:]) == {SILENCE}
    page.keyboard.press("u")
    desk.tell({"type": "held", "call": "CA1", "on": True})
    expect(page.locator("#call-state")).to_contain_text("On hold")
    page.wait_for_timeout(200)
    held = len(desk.sound)
    page.wait_for_timeout(300)
    assert len(desk.sound) == held, "nothing is sent on hold"
    desk.gone("left")
    expect(page.locator("#microphone")).to_be_disabled()


def test_a_refused_microphone_is_told_and_callers_who_type_are_taken(with_microphone: Callable[..., ScriptedDesk]) -> None:
    desk = with_microphone(allowed=False)
    expect(desk.page.locator("#microphone-words")).to_contain_text("was not allowed to use the microphone")
    desk.wait_for(lambda: desk.types().count("hello") == 2, "introduces itself")
    assert [m["audio"] for m in desk.heard if m["type"] == "hello"] == [False, False]


def comes_back(desk: ScriptedDesk) -> None:
    """The page is loaded again; the words about the microphone are those of the page as it came."""
    desk.heard.clear()
    desk.page.reload()
    expect(desk.page.locator("#doing-words")).to_have_text("Away")


def test_a_microphone_that_was_on_and_is_allowed_is_taken_again_without_a_click(with_microphone: Callable[..., ScriptedDesk]) -> None:
    desk = with_microphone(granted=True)
    desk.hears(**TAKES_CALLS)
    comes_back(desk)
    desk.hears(**TAKES_CALLS)
    expect(desk.page.locator("#microphone-words")).to_contain_text("Your microphone is on")
    desk.page.keyboard.press("m")
    expect(desk.page.locator("#microphone-words")).to_contain_text("choose “Take calls here”")
    comes_back(desk)
    desk.page.wait_for_timeout(500)
    assert not any(m["audio"] for m in desk.heard if m["type"] == "hello"), "who switched it off keeps it off"


def test_a_browser_that_cannot_say_what_is_allowed_waits_for_the_click(with_microphone: Callable[..., ScriptedDesk]) -> None:
    desk = with_microphone(granted=True)
    desk.hears(**TAKES_CALLS)
    desk.page.add_init_script("navigator.permissions.query = () => Promise.reject(new TypeError('microphone'));")
    comes_back(desk)
    desk.page.wait_for_timeout(500)
    assert [m["audio"] for m in desk.heard if m["type"] == "hello"] == [False]
    desk.page.keyboard.press("m")
    desk.hears(**TAKES_CALLS)


@pytest.fixture
def queue(opened: Consoles, silent_browser: Browser) -> Callable[[list[tuple[str, float]]], Any]:
    page = opened.page(silent_browser)
    page.goto("/account")
    return lambda steps: page.evaluate(QUEUE, steps)


def test_sound_begins_with_40_ms_in_hand(queue: Callable[[Any], Any]) -> None:
    found = queue([("frame", 0.5), ("take", 3), ("frame", 0.25), ("take", 3)])
    assert found["out"] == [[None] * 3, [0.5] * 3]
    after_a_gap = queue([("frame", 0.5), ("frame", 0.5), ("take", 321), ("frame", 0.5), ("take", 1), ("frame", 0.5), ("take", 1)])
    assert [each[-1] for each in after_a_gap["out"]] == [None, None, 0.5], "fills again after it ran empty"


def test_sound_never_falls_behind_by_more_than_80_ms(queue: Callable[[Any], Any]) -> None:
    burst = queue([("frame", i / 100) for i in range(1, 21)] + [("take", 1)])
    assert burst["out"][0] == [pytest.approx(0.17)], "the oldest are left out"
    assert burst["waiting_ms"] <= 80
    quiet = queue([("frame", 0.5)] * 4 + [("frame", 0.0)] * 5 + [("take", 640)])
    assert quiet["out"][0] == [0.5] * 640, "silence is left out first"
