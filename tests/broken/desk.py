"""What staff go by: articles that nobody finds or that differ, and matters that would be sent on to nowhere."""

from __future__ import annotations

from tests.bundle_edits import Edit

STARTER: dict[str, list[Edit]] = {}
HARBOR: dict[str, list[Edit]] = {
    "ref_article_of_no_intent": [("knowledge/en.yaml", "  bill:\n", "  bil:\n"), ("knowledge/es.yaml", "  bill:\n", "  bil:\n")],
    "ref_fact_of_an_article": [("knowledge/en.yaml", "{fact.notice}", "{fact.notise}"),
                               ("knowledge/es.yaml", "{fact.notice}", "{fact.notise}")],
    "ref_link_of_an_article": [("knowledge/en.yaml", "link: site", "link: sight"), ("knowledge/es.yaml", "link: site", "link: sight")],
    "ref_placeholder_of_an_article": [("knowledge/en.yaml", "about it.", "about {number}."),
                                      ("knowledge/es.yaml", "sobre ella.", "sobre {number}.")],
    "ref_escalation": [("callbacks.yaml", "promise: soon\n    policy: emergency\n    queue: nurses\n",
                        "promise: later\n    policy: emergencies\n    queue: nurse\n"),
                       ("callbacks.yaml", "within: notice\n    say: sent_on", "within: notise\n    say: sentence")],
    "ref_judgement_of_staff": [("callbacks.yaml", '{reason: pain, swollen: "true"}', '{reason: panic, swolen: "true"}')],
    "ref_escalation_that_rings_nobody": [
        ("callbacks.yaml", "rounds:\n", "  letter: {kind: service_request, due_within: 5 business_days}\nrounds:\n"),
        ("callbacks.yaml", "  urgent:\n    promise: soon", "  urgent:\n    promise: letter")],
    "ref_escalation_to_a_kept_place": [("callbacks.yaml", "  urgent:\n    promise: soon", "  urgent:\n    promise: in_line")],
    "lang_article_in_one_language": [
        ("knowledge/es.yaml", "  bill:\n    title: Una factura\n    say: La oficina le escribe sobre ella.\n", "")],
    "lang_articles_in_one_language": [("knowledge/es.yaml", "*", None)],
    "lang_article_says_something_else": [
        ("knowledge/es.yaml", "    limits: No dé consejos sobre medicinas.\n", ""),
        ("knowledge/es.yaml", ", hasta {fact.notice} antes", "")],
    "schema_brace_in_an_article": [("knowledge/en.yaml", "Ask what it is about.", "Ask what it is about}.")],
    "schema_article_without_words": [("knowledge/en.yaml", "    say: Ask what it is about.\n", "")],
    "schema_urgency": [("callbacks.yaml", "escalations:\n  urgent:", "escalations:\n  at_once:")],
    "unreach_intent_without_article": [
        ("knowledge/en.yaml", "  bill:\n    title: A bill\n    say: The office writes to you about it.\n", ""),
        ("knowledge/es.yaml", "  bill:\n    title: Una factura\n    say: La oficina le escribe sobre ella.\n", "")],
    "fact_in_an_article": [("knowledge/en.yaml", "about it.", "about it within 24 hours.")],
}
