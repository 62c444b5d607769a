"""Whom tries are counted against: an address as somebody can change it at will is no limit at all. Pure.

Whoever has one IPv6 address has all of its /64 (RFC 6177), so that is counted as one; some proxies write the port behind the
address, which is another one for every connection. Called by whatever counts by address: the sign-in and `web.rate_limit`.
"""

from __future__ import annotations

import ipaddress
import re

IPV6_PREFIX = 64
MOST = 64
_WITH_PORT = re.compile(r"\[(?P<six>[0-9A-Fa-f:.%]{2,60})\](:\d{1,5})?|(?P<four>[0-9.]{7,15}):\d{1,5}")


def network_of(address: str) -> str:
    """The network that counts as one; what is no address stays as it is, cut."""
    text = address.strip()[:MOST]
    found = _WITH_PORT.fullmatch(text)
    text = (found["six"] or found["four"]) if found else text
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, IPV6_PREFIX), strict=False))
