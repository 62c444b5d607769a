"""A day of a thousand callers on the real line of callers, in virtual time: what keeping a place does to everybody's wait."""

from __future__ import annotations

from benchmarks.parts.kept_floor import KeptRun, Offer
from benchmarks.parts.queue_floor import Day, staff


def test_a_day_with_a_thousand_callers_of_whom_many_keep_their_place() -> None:
    """Nobody is lost, and whoever was called waited about as long as whoever stayed."""
    day = KeptRun(Day(staff(20), 1000, load=1.02, urgent=0.1), 1, Offer(above_s=120.0)).play()
    assert day.faults == []
    back = {c: day.callers[c] for c, times in day.kept.items() if times and c not in day.missed}
    assert len(back) > 100
    assert all(c.ended == "served" for c in day.callers.values())
    apart = [c.waited_s - near for c in back.values()
             if not c.ticket.ahead_s and (near := waited_beside(day, c.ticket.joined_s)) is not None]
    assert abs(sum(apart) / len(apart)) < 45
    assert sum(c.taken_s[0] - day.kept[c.ticket.call_id][0] for c in back.values()) / len(back) < 90, "on the line for a minute or so"


def waited_beside(day: KeptRun, joined_s: float) -> float | None:
    """Mean wait of those who came at about that time and stayed."""
    near = [c.waited_s for c in day.callers.values()
            if c.ticket.call_id not in day.kept and abs(c.ticket.joined_s - joined_s) < 60 and not c.ticket.ahead_s]
    return sum(near) / len(near) if near else None
