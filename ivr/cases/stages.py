"""Where a case stands, in the few values that a flow has prompts for, from the source's own short words. Pure.

The source's words are data of another system: they are matched, never spoken. What is not in this table is `other`, which a
flow answers with the way to read it; nothing is guessed from words that are not known. Nor is what a prompt would say wrongly in the
table: a card that is being produced has not been mailed, and what was emailed or sent back unopened is no decision in the mail.
"""

from __future__ import annotations

RECEIVED, EVIDENCE, APPOINTMENT, DECISION = "received", "evidence_requested", "appointment_set", "decision_mailed"
MAILED, TRANSFERRED, OTHER = "document_mailed", "transferred", "other"
STAGES = (RECEIVED, EVIDENCE, APPOINTMENT, DECISION, MAILED, TRANSFERRED, OTHER)

_TITLES: dict[str, tuple[str, ...]] = {
    RECEIVED: ("case was received", "fees were received", "case was received and a receipt notice was sent", "case was reopened",
               "response to uscis' request for evidence was received", "request for additional evidence was received"),
    EVIDENCE: ("request for evidence was sent", "request for additional evidence was sent", "request for initial evidence was sent",
               "request for additional information was sent"),
    APPOINTMENT: ("interview was scheduled", "interview was rescheduled", "fingerprint appointment was scheduled",
                  "biometrics appointment was scheduled", "oath ceremony was scheduled", "oath ceremony notice was mailed",
                  "case was scheduled for an interview"),
    DECISION: ("case was approved", "case was denied", "decision notice mailed", "decision was mailed", "case approval was affirmed"),
    MAILED: ("card was mailed to me", "card was delivered to me by the post office",
             "document was mailed to me", "document was mailed", "card was picked up by the united states postal service",
             "travel document was mailed", "document was delivered"),
    TRANSFERRED: ("case was transferred to another office", "case was transferred and a new office has jurisdiction",
                  "case transferred to another office", "case was transferred to schedule an interview"),
}
_BY_TITLE = {title: stage for stage, titles in _TITLES.items() for title in titles}


def stage_of(status_en: str) -> str:
    """One of STAGES; `other` for words that are not known, and for none."""
    plain = " ".join(status_en.lower().replace("\u2019", "'").rstrip(".! ").split())
    return _BY_TITLE.get(plain, OTHER)
