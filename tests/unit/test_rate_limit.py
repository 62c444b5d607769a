"""Who is counted when links are tried: the address that our own outermost proxy saw, and nothing that a client says."""

from __future__ import annotations

import pytest

from ivr.access.network import network_of
from ivr.clock import SystemClock
from ivr.web.rate_limit import Misses, peer_of


@pytest.mark.parametrize(("forwarded", "hops", "who"), [
    ("", 0, "127.0.0.1"), ("203.0.113.9", 0, "127.0.0.1"), ("", 1, "127.0.0.1"), ("203.0.113.9", 1, "203.0.113.9"),
    ("1.1.1.1, 203.0.113.9", 1, "203.0.113.9"), ("1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"), ("203.0.113.9", 2, "127.0.0.1")])
def test_the_configured_hop_counts(forwarded: str, hops: int, who: str) -> None:
    assert peer_of("127.0.0.1", forwarded, hops) == who


@pytest.mark.parametrize(("address", "network"), [
    ("192.0.2.7", "192.0.2.7"), ("192.0.2.7:49152", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), (" 192.0.2.7 ", "192.0.2.7"),
    ("2001:db8::1", "2001:db8::/64"), ("[2001:db8::2]:443", "2001:db8::/64"), ("[2001:db8::3]", "2001:db8::/64"),
    ("fe80::1%eth0", "fe80::/64"), ("::1", "::/64"), ("", ""), ("CA123", "CA123"), ("x" * 500, "x" * 64), ("[::1", "[::1"),
    ("999.1.1.1:2", "999.1.1.1")])
def test_what_somebody_can_change_at_will_counts_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


def test_links_are_not_tried_from_one_network_without_end() -> None:
    misses = Misses(SystemClock(), most=5)
    for n in range(5):
        misses.count(f"2001:db8::{n:x}")
    assert misses.too_many("2001:db8::ffff") or misses.too_many("2001:db8::fffe")
