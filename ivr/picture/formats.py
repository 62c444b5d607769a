"""The formats in which a chart can be had. Pure. A further one is a further line here."""

from __future__ import annotations

from collections.abc import Callable

from ivr.picture.chart import Chart
from ivr.picture.dot import dot
from ivr.picture.mermaid import mermaid
from ivr.picture.svg import svg

FORMATS: dict[str, tuple[str, Callable[[Chart], str]]] = {"svg": ("svg", svg), "dot": ("dot", dot), "mermaid": ("mmd", mermaid)}
"""name -> file extension, writer"""
