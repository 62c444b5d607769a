"""What whoever takes a promised call is told, may do with it, and what is left of it afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ivr.transcripts.log_watch import captured
from tests.rim.called_back import RECEIPT, answered, breaks, promised_in, rings, talks
from tests.rim.promised_call import CELL, promise_call
from tests.rim.site import Site
from tests.rim.text_people import Screen


def test_the_packet_is_of_the_call_in_which_it_was_promised(office: Site, screen: Screen) -> None:
    call_id = promised_in(office)
    began = office.services.turns.session(call_id).started_at  # type: ignore[union-attr]
    key = promise_call(office, "urgent", call_id=call_id, variables={"reason": "emergency_advance_parole", "urgency": "urgent",
                                                                     "identity": "verified", "role": "applicant"})
    call = answered(office)
    assert screen.of("offer")[-1]["reason"] == "reschedule_biometrics"
    packet = talks(office, screen, call)
    assert packet["reason"] == "reschedule_biometrics"
    assert any("biometrics" in x["text"] for x in packet["said"] if x["who"] == "caller")
    assert packet["verified"]["state"] == "unknown", "whoever answers has shown nothing"
    assert (packet["then"]["call"], packet["then"]["at"], packet["then"]["verified"]) == (
        call_id, began, {"state": "verified", "as": "applicant"})
    promised = packet["promised"]
    assert (promised["key"], promised["urgency"], promised["state"]) == (key, "urgent", "under_way")
    assert datetime.fromisoformat(promised["promised_at"]) <= datetime.fromisoformat(promised["due_by"])
    assert packet["slots"]["receipt_number"].endswith(RECEIPT[-4:])
    assert RECEIPT not in str(packet) and CELL not in str(packet)
    assert [p["at"] for p in packet["previous"]], "it came from the same number"
    value = office.services.packets.reveal(call.sid, "receipt_number", "to look the case up", "ana")
    assert value == RECEIPT
    (entry,) = [e for e in office.services.access.audit.newest(10) if e and e.act == "value.revealed"]
    assert (entry.who, entry.what) == ("ana", f"{call.sid} receipt_number")
    call.hangup()


def test_what_is_handed_on_stays_masked_when_the_first_call_is_gone(office: Site, screen: Screen) -> None:
    promise_call(office, call_id="CAgone")
    call = rings(office)
    key = next(iter(r["key"] for r in office.promises("callback")))
    row = office.services.promises.get(key)
    assert row is not None
    _repay(office, key, {**row["payload"], "context": {"language": "en", "receipt_number": RECEIPT}})
    call.answer()
    call.press("1")
    packet = talks(office, screen, call)
    assert packet["then"] is None
    assert (packet["slots"]["language"], packet["slots"]["receipt_number"]) == ("en", "*********9999")
    assert RECEIPT not in str(packet) + str(screen.got)
    assert office.services.packets.reveal(call.sid, "receipt_number", "needed", "ana") == RECEIPT
    call.hangup()


def test_a_place_that_was_kept_is_the_queue_and_the_time(office: Site, screen: Screen) -> None:
    promise_call(office)
    call = rings(office)
    (row,) = office.promises("callback")
    since = office.clock.now().timestamp() - 600
    place = {"queue": "tier2", "since": datetime.fromtimestamp(since, office.clock.now().tzinfo).isoformat()}
    _repay(office, row["key"], {**row["payload"], "place": place})
    call.answer()
    call.press("1")
    (offer,) = screen.of("offer")
    assert (offer["queue"], offer["waited_s"]) == ("tier2", 600)
    waiting = office.services.desk._callers[call.sid].caller
    assert (waiting.place_key, waiting.since.isoformat()) == (row["key"], place["since"])  # type: ignore[attr-defined,union-attr]
    call.hangup()


def _repay(office: Site, key: str, payload: dict[str, Any]) -> None:
    """The promise as if it had been made with these inputs."""
    import orjson

    from ivr.store.promise_rows import PAYLOAD
    from ivr.store.schema_promises import promises

    with office.services.db.write() as connection:
        sealed = office.services.db.box.seal(orjson.dumps(payload), PAYLOAD)
        connection.execute(promises.update().where(promises.c.key == key).values(payload=sealed))


def test_what_was_written_about_it_is_erased_with_the_person(office: Site, screen: Screen) -> None:
    from ivr.store.about_person import AboutPerson

    call_id = promised_in(office)
    promise_call(office, call_id=call_id)
    call = answered(office)
    talks(office, screen, call)
    office.services.desk.end(screen)
    assert call.finish_stream()
    office.services.desk_work.wrap_up("ana", call.sid, "resolved", "moved to the 20th")
    about, now = AboutPerson(office.services.db), office.clock.now()
    shown = about.export([RECEIPT], now)
    assert {c["call_id"] for c in shown["calls"]} == {call_id, call.sid}, "found by what was only said in the first call"
    assert [w["note"] for c in shown["calls"] for w in c.get("wrap_ups", [])] == ["moved to the 20th"]
    erased = about.erase([RECEIPT], now)
    assert (erased.calls, office.promises("callback")) == (2, [])
    assert office.services.turns.session(call.sid) is None
    assert about.export([RECEIPT, CELL], now)["calls"] == []


def test_nothing_of_the_person_is_in_the_log(office: Site, screen: Screen) -> None:
    with captured() as log:
        promise_call(office, call_id=promised_in(office))
        call = answered(office)
        breaks(office, call)
        packet = talks(office, screen, call)
        office.services.packets.reveal(call.sid, "receipt_number", "to look the case up", "ana")
        office.services.desk.end(screen)
        assert call.finish_stream()
        events = repr(office.services.calls.log_of(call.sid)) + repr(office.services.turns.session(call.sid)) + repr(packet)
    written = log.getvalue()
    assert '"called_back"' in written and len(written) > 2000, "the log was there"
    for value in (RECEIPT, CELL, CELL[2:]):
        assert value not in written + events


def test_articles_and_escalation_work_on_it(office: Site, screen: Screen) -> None:
    promise_call(office, call_id=promised_in(office))
    call = answered(office)
    talks(office, screen, call)
    work = office.services.desk_work
    assert work.knowledge("ana", call.sid, "")["intent"] == "reschedule_biometrics"
    done = work.escalate("ana", {"call": call.sid, "urgency": "routine", "note": "one more question", "read_back": True})
    again = office.services.promises.get(f"callback:{call.sid}:escalation:routine")
    assert (done.is_new, again["payload"]["numbers"]) == (True, [CELL])  # type: ignore[index]
    call.hangup()
