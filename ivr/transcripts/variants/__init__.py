"""The six ways in which every transcript is called again. Importing this package registers them; one file each."""

from ivr.transcripts.variants import closed_hours, keys_only, low_confidence, relay, silence_once, tty

__all__ = ["closed_hours", "keys_only", "low_confidence", "relay", "silence_once", "tty"]
