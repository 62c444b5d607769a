"""Tests as transcripts: telephone calls written down in YAML, made again on the production engine with a fake clock and a
fake carrier. Called by `ivr test`, `ivr requirements` and `ivr call --record`."""
