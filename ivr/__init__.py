"""Frontline: a self-hosted, speech-enabled phone system whose call flows are YAML, checked before they take a call."""

__version__ = "0.1.0"
