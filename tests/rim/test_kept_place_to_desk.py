"""The whole way of a place that is kept: left, called when the turn came, put through at our own desk before those who came later."""

from __future__ import annotations

from tests.rim.called_back import leg_of, with_voice
from tests.rim.promised_call import state
from tests.rim.site import Site
from tests.rim.test_kept_places import a_desk, keeps_place, passes, there
from tests.rim.text_people import Screen


def test_called_back_in_time_and_put_through_before_who_came_later(office: Site) -> None:
    desk, ana = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        desk.sign_in(ana)
        first = there(office, "CA-first")
        desk.join(first)
        assert desk.answer(ana)
        office.clock.advance(10)
        key = keeps_place(office)
        with_voice(office)
        office.clock.advance(60)
        later = there(office, "CA-later")
        desk.join(later)
        passes(office, 5, ana)
        desk.end(ana)
        passes(office, 5, ana)
        (call,) = [c for c in office.carrier.calls.values() if c.direction == "outbound-api"]
        call.answer()
        call.press("1")
        assert desk.settled()
        assert (desk.position(call.sid), desk.position("CA-later")) == (1, 2), "nobody has a place twice, and theirs is the first"
        desk.ready(ana)
        assert desk.settled()
        offer = ana.of("offer")[-1]
        assert (offer["call"], offer["called_back"]) == (call.sid, True)
        assert offer["waited_s"] >= 60, "the time before counts"
        assert desk.answer(ana)
        leg_of(call).settle()
        assert ana.of("caller")[-1]["reference"] == office.services.promises.get(key)["reference"]
        desk.end(ana)
        leg_of(call).settle()
        assert call.finish_stream()
        office.work()
        assert (call.ended, state(office, key)) == ("hangup", "done")
        passes(office, 5, ana)
        desk.ready(ana)
        assert desk.settled()
        assert ana.of("offer")[-1]["call"] == "CA-later"
