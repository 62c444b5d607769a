"""Who is counted when links are tried: the address that our own outermost proxy saw, and nothing that a client says."""

from __future__ import annotations

import pytest

from ivr.web.rate_limit import peer_of


@pytest.mark.parametrize(("forwarded", "hops", "who"), [
    ("", 0, "127.0.0.1"), ("203.0.113.9", 0, "127.0.0.1"), ("", 1, "127.0.0.1"), ("203.0.113.9", 1, "203.0.113.9"),
    ("1.1.1.1, 203.0.113.9", 1, "203.0.113.9"), ("1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"), ("203.0.113.9", 2, "127.0.0.1")])
def test_the_configured_hop_counts(forwarded: str, hops: int, who: str) -> None:
    assert peer_of("127.0.0.1", forwarded, hops) == who
