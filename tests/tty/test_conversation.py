"""Half-duplex conversation in real tones, on the clock of the frames."""

from __future__ import annotations

import pytest

from ivr.telephony import tty_events as te
from ivr.telephony.tty_conversation import TURNAROUND_MS, TtyConversation
from tests.tty.line import Line

QUESTION = "YOUR QUESTION? GA\r\n"


def asked(**line: float) -> Line:
    """A line on which the question has been sent and is waited for."""
    one = Line(**line)  # type: ignore[arg-type]
    one.talk.say(QUESTION)
    one.talk.expect(30_000)
    one.until(te.SendingDone)
    return one


def words(event: te.TtyEvent) -> str:
    assert isinstance(event, te.TurnTyped)
    return event.text.reveal()


def test_a_question_is_shown_and_its_answer_read() -> None:
    line = asked()
    line.run(1.0)
    assert line.shown.split() == QUESTION.split()
    line.type("CASE STATUS PLS GA")
    turn = line.until(te.TurnTyped)
    assert (words(turn), turn.closing, turn.interrupted) == ("CASE STATUS PLS", "GA", False)


def test_ga_ends_the_turn_at_once_and_a_pause_later() -> None:
    line = asked()
    line.type("YES GA")
    while line.keyboard.pending:
        assert not any(isinstance(e, te.TurnTyped) for e in line.tick())
    typed_ms = line.now_ms
    line.until(te.TurnTyped)
    at_once_ms = line.now_ms - typed_ms
    line.talk.expect(30_000)
    line.type("YES")
    while line.keyboard.pending:
        line.tick()
    typed_ms = line.now_ms
    assert words(line.until(te.TurnTyped)) == "YES"
    assert at_once_ms <= 400
    assert 1_900 <= line.now_ms - typed_ms <= 3_000


def test_a_word_that_begins_with_ga_is_not_cut() -> None:
    line = asked()
    line.type("GAS BILL GA")
    assert words(line.until(te.TurnTyped)) == "GAS BILL"


def test_nothing_is_sent_while_the_caller_types() -> None:
    line = asked()
    line.type("I WANT TO KNOW ABOUT MY CASE")
    line.run(1.5)
    line.talk.say("A NOTICE.\r\n")
    line.until(te.TurnTyped)
    line.until(te.SendingDone)
    assert line.both_sent_ms == 0


def test_there_is_a_breath_between_their_carrier_and_ours() -> None:
    line = asked()
    line.type("YES GA")
    line.until(te.TurnTyped)
    line.talk.say("THANK YOU. GA\r\n")
    while line.keyboard.pending:
        line.tick()
    fell_ms = line.now_ms
    while not line.talk.is_sending or not line._carrier:
        line.tick()
    assert line.now_ms - fell_ms >= TURNAROUND_MS - 100


def test_the_wait_is_announced_before_it_ends_and_typing_begins_it_anew() -> None:
    line = asked()
    begun_ms = line.now_ms
    line.until(te.TimeRunningOut)
    assert 18_000 <= line.now_ms - begun_ms <= 24_000
    line.talk.say("STILL THERE? TYPE ANY KEY. GA\r\n")
    line.until(te.SendingDone)
    line.type(" ")
    line.until(te.MoreTimeAsked)
    anew_ms = line.now_ms
    line.until(te.WaitOver)
    assert line.now_ms - anew_ms >= 29_000


def test_a_warning_takes_nothing_of_the_wait() -> None:
    line = asked()
    line.until(te.TimeRunningOut)
    line.talk.say("STILL THERE? TYPE ANY KEY FOR MORE TIME. GA\r\n")
    line.until(te.SendingDone)
    begun_ms = line.now_ms
    line.until(te.WaitOver)
    assert line.now_ms - begun_ms >= 30_000 * 0.25


def test_a_typist_interrupts_and_no_word_is_lost() -> None:
    line = Line()
    line.talk.say("THIS IS A LONG TEXT THAT NOBODY WANTS TO READ TO ITS END, SO IT GOES ON AND ON. GA\r\n")
    line.talk.expect(30_000)
    line.run(3.0)
    line.type("CASE STATUS GA")
    line.until(te.SendingInterrupted)
    turn = line.until(te.TurnTyped)
    assert (words(turn), turn.interrupted) == ("CASE STATUS", True)
    line.run(5.0)
    assert "ON AND ON" not in line.shown


def test_what_must_be_read_whole_is_sent_on_behind_the_interruption() -> None:
    line = Line()
    line.talk.say("CALLS MAY BE RECORDED, AND YOU MAY ASK US NOT TO DO IT.\r\n", keep=True)
    line.talk.expect(30_000)
    line.run(4.0)
    line.type("HELLO GA")
    line.until(te.TurnTyped)
    line.until(te.SendingDone)
    line.run(1.0)
    assert "NOT TO DO IT." in line.shown


@pytest.mark.parametrize("gain", [0.1, 0.3, 0.6])
def test_our_own_echo_interrupts_nobody(gain: float) -> None:
    line = Line(echo_gain=gain)
    line.talk.say("YOU CAN SEE WHERE YOUR CASE STANDS ONLINE, AT ANY TIME. GA\r\n")
    line.talk.expect(30_000)
    line.until(te.SendingDone)
    line.run(4.0)
    assert not [e for _, e in line.events if isinstance(e, (te.SendingInterrupted, te.TurnTyped))]
    assert "AT ANY TIME. GA" in line.shown
    line.type("YES GA")
    assert words(line.until(te.TurnTyped)) == "YES"


def test_a_typist_is_told_from_the_echo() -> None:
    line = Line(echo_gain=0.2)
    line.talk.say("YOU CAN SEE WHERE YOUR CASE STANDS ONLINE, AT ANY TIME, AND THERE IS A LOT MORE TO BE SAID. GA\r\n")
    line.talk.expect(30_000)
    line.run(4.0)
    line.type("ZZ MENU GA")
    line.until(te.SendingInterrupted)
    assert words(line.until(te.TurnTyped)).endswith("MENU")


def test_what_is_typed_while_nobody_waits_is_the_answer_to_the_next_question() -> None:
    line = asked()
    line.talk.expect(None)
    line.type("IOE0912345678 GA")
    assert not [e for e in line.run(5.0) if isinstance(e, te.TurnTyped)]
    line.talk.expect(30_000)
    assert words(line.until(te.TurnTyped, 1.0)) == "IOE0912345678"


def test_fifty_baud_is_found_by_itself() -> None:
    line = asked(baud=50.0)
    line.type("A BRITISH TELEPHONE GA")
    assert words(line.until(te.TurnTyped)) == "A BRITISH TELEPHONE"


def test_a_tone_that_never_ends_does_not_keep_us_silent() -> None:
    import numpy as np

    talk = TtyConversation()
    tone = (6000 * np.sin(2 * np.pi * 1400 / 8000 * np.arange(8000 * 30))).astype(np.int16).reshape(-1, 160)
    talk.say(QUESTION)
    sent = [talk.hear(frame) or talk.outgoing() for frame in tone]
    assert any(len(frames) for frames in sent)


def test_the_lead_of_a_typist_is_carrier_enough() -> None:
    line = asked()
    line.type("ZEBRA GA")
    line.run(0.12)  # no character yet
    line.talk.say("A NOTICE.\r\n")
    line.until(te.TurnTyped)
    line.until(te.SendingDone)
    assert line.both_sent_ms == 0


def test_a_conversation_that_begins_in_the_middle_of_a_carrier_waits_for_its_end() -> None:
    before = asked()
    before.type("HELLO IS ANYBODY THERE GA")
    before.run(1.5)
    line = Line(TtyConversation(receiver=before.talk.receiver))
    line.keyboard = before.keyboard
    line.talk.say("WELCOME. GA\r\n")
    line.talk.expect(30_000)
    line.until(te.TurnTyped)
    line.until(te.SendingDone)
    assert line.both_sent_ms == 0


def test_a_turn_that_came_through_badly_says_so() -> None:
    import numpy as np

    line = asked()
    noise = np.random.default_rng(7)
    hear = line.talk.hear
    line.talk.hear = lambda samples: hear(np.clip(samples + noise.normal(0, 20_000, 160), -32_000, 32_000).astype(np.int16))  # type: ignore
    line.type("I WANT TO KNOW WHERE MY APPLICATION FOR A GREEN CARD STANDS NOW GA")
    while line.keyboard.pending:
        line.tick()
    line.talk.hear = hear  # type: ignore[method-assign]
    turn = line.until(te.TurnTyped)
    assert isinstance(turn, te.TurnTyped)
    assert turn.bad_line


def test_a_good_turn_after_a_bad_one_is_taken() -> None:
    line = asked()
    line.talk._doubts = [0.4] * 30
    line.type("X GA")
    line.until(te.TurnTyped)
    line.talk.expect(30_000)
    line.type("I WANT TO KNOW WHERE MY APPLICATION FOR A GREEN CARD STANDS NOW GA")
    turn = line.until(te.TurnTyped)
    assert isinstance(turn, te.TurnTyped)
    assert not turn.bad_line


def test_a_notice_that_waits_survives_what_is_dropped() -> None:
    line = Line()
    line.talk.say("YOU CAN DO THIS ONLINE.\r\n")
    line.talk.say("THIS MUST BE READ.\r\n", keep=True)
    line.talk.drop()
    line.until(te.SendingDone)
    line.run(1.0)
    assert line.shown.split() == ["THIS", "MUST", "BE", "READ."]


def test_what_is_hushed_stops_at_once_and_says_so() -> None:
    line = Line()
    assert not line.talk.hush()
    line.talk.say("THIS IS A LONG TEXT THAT NOBODY WANTS TO READ TO ITS END. GA\r\n")
    line.run(2.0)
    assert line.talk.hush()
    line.run(10.0)
    assert "TO ITS END" not in line.shown
