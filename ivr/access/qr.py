"""The picture of one-time codes for an app's camera: an SVG of our own around the modules that segno computes."""

from __future__ import annotations

import segno

QUIET = 4
"""Empty modules around it, as ISO/IEC 18004 asks for."""


def svg(text: str, label: str) -> str:
    """`label` is trusted markup-free text. Black on white whatever the page's colours: cameras want it so."""
    modules = segno.make(text, error="m", micro=False).matrix
    side = len(modules) + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" width="232" height="232" viewBox="0 0 {side} {side}" '
            f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d="{path}"/></svg>')
