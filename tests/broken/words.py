"""Words that are missing, not translated, do not fit their channel, or say what belongs into the facts."""

from __future__ import annotations

from tests.bundle_edits import Edit

STARTER: dict[str, list[Edit]] = {
    "lang_missing_prompt": [("prompts/es.yaml", '  hours: "Abrimos de {fact.hours}, de lunes a sábado."\n', "")],
    "lang_missing_file": [("prompts/es.yaml", "*", None)],
    "lang_placeholder_mismatch": [("prompts/es.yaml", "Abrimos de {fact.hours},", "Abrimos temprano,")],
    "lang_missing_intent": [("intents/es.yaml", "  directions:\n", "  direcciones:\n")],
    "lang_fact": [("facts.yaml", "{en: nine to five, es: nueve a cinco}", "{en: nine to five}")],
    "stale_fact": [
        (
            "facts.yaml",
            'es: nueve a cinco}, source: "door sign", review_by: 2027-12-31',
            'es: nueve a cinco}, source: "door sign", review_by: 2026-01-31',
        )
    ],
}
HARBOR: dict[str, list[Edit]] = {
    "lang_untranslated": [("prompts/es.yaml", "Los lunes recibimos más llamadas.", "Mondays are our busiest day.")],
    "lang_tty_in_one_language": [("prompts/es.yaml", ', tty: "DOLOR 1, CAMBIAR VISITA 2, CUENTA 3"', "")],
    "lang_message_in_one_language": [("prompts/es.yaml", "  missed_twice:\n    email: {subject: No pudimos comunicarnos, body: "
        '"Le llamamos sin éxito. Llámenos, o vea {fact.site}"}', '  missed_twice: "Le llamamos. Vea {fact.site}"')],
    "lang_title": [("bundle.yaml", "es: Dental Harbor", "fr: Harbor Dentaire")],
    "channel_no_words": [("main.yaml", "{message: link, by: [sms, email]}", "{message: promise_notice, by: [sms, email]}")],
    "channel_written_words_spoken": [
        ("prompts/en.yaml", 'monday: "Mondays are our busiest day."', "monday: {chat: Mondays are busy.}"),
        ("prompts/es.yaml", 'monday: "Los lunes recibimos más llamadas."', "monday: {chat: Los lunes hay más.}")],
    "channel_tty_question": [("prompts/en.yaml", "DID U WANT {intent} Q", "DID U WANT TO ASK US ABOUT {intent} OR ABOUT SOMETHING ELSE Q")],
    "channel_tty_answer": [
        ("prompts/es.yaml", "Los lunes recibimos más llamadas.", "Los lunes recibimos más llamadas que otros días. " * 9)],
    "channel_long_text": [
        ("prompts/en.yaml", "Rates may apply. Reply STOP", "Rates of your telephone company may apply, and we know nothing about "
                           "them. Nobody reads what you write to this number. Reply STOP")],
    "channel_odd_letter": [
        ("prompts/es.yaml", "le llegan otra vez los mensajes que pida.", "recibirá otra vez los mensajes que pida en llamadas.")],
    "channel_sender": [("prompts/en.yaml", '"Harbor Dental: nobody reads', '"Please: nobody reads')],
    "channel_stop": [("prompts/en.yaml", "Please call. Reply STOP to end.", "Please call.")],
    "fact_telephone_number": [("prompts/en.yaml", "Mondays are our busiest day.", "On Mondays call 202-555-0150.")],
    "fact_spoken_number": [("prompts/en.yaml", "Mondays are our busiest day.", "On Mondays call 2 0 2, 5 5 5, 0 1 5 0.")],
    "fact_web_address": [
        ("prompts/en.yaml", "https://{fact.site} Reply STOP to end.", "www.harbordental.example {fact.site} Reply STOP to end.")],
    "fact_email_address": [
        ("prompts/en.yaml", "Please call us, or see {fact.site}", "Write to desk@harbordental.example, or see {fact.site}")],
    "fact_time_of_day": [("prompts/es.yaml", "Los lunes recibimos más llamadas.", "Los lunes abrimos a las ocho.")],
    "fact_duration": [("prompts/es.yaml", "Los lunes recibimos más llamadas.", "Los lunes espere de treinta a noventa minutos.")],
    "fact_known_value": [("prompts/en.yaml", "Mondays are our busiest day.", "Mondays need 24 hours of notice.")],
    "pii_slot_in_a_prompt": [("prompts/en.yaml", "We go on in English.", "We go on, {slot.cell}."),
                             ("prompts/es.yaml", "Seguimos en español.", "Seguimos, {slot.cell}.")],
    "pii_slot_in_a_text": [("prompts/en.yaml", "your visits are at", "your visit on {slot.day} is at"),
                           ("prompts/es.yaml", "sus visitas en", "su visita el {slot.day} en")],
    "pii_context": [("main.yaml", "context: [reason, swollen]", "context: [reason, cell]")],
    "pii_address": [("prompts/en.yaml", "It stands at {fact.site}.", "It stands at {fact.site}?q={slot.is_swollen}."),
                    ("prompts/es.yaml", "La encuentra en {fact.site}.", "La encuentra en {fact.site}?q={slot.is_swollen}.")],
    "consent_offer_without_number": [("main.yaml", "by: [sms, email]}", "by: [sms, email], offer: anything}")],
    "consent_confirmation_unannounced": [("prompts/en.yaml", "May we call and text you at", "May we call you at")],
}
