"""Words that callers cannot follow, and words that mean two things."""

from __future__ import annotations

from tests.bundle_edits import Edit

_EN, _ES = "prompts/en.yaml", "prompts/es.yaml"
_BUSY = "Mondays are our busiest day."
_MANY = "and one more word " * 10

STARTER: dict[str, list[Edit]] = {
    "asr_phrase_of_two_intents": [("intents/en.yaml", "where are you,", "when are you open,")],
    "asr_phrase_across_languages": [("intents/es.yaml", "dónde están", "opening times please")],
    "ux_menu_key_first": [(_EN, "For opening hours, press 1.", "Press 1 for opening hours.")],
    "ux_menu_key_not_read": [(_ES, " Para saber cómo llegar, oprima 2.", "")],
}
HARBOR: dict[str, list[Edit]] = {
    "asr_word_of_two_choices": [("main.yaml", 'key: "2", intents: [move_visit]', 'key: "2", words: money')],
    "asr_intent_of_two_choices": [("main.yaml", 'key: "2", intents: [move_visit]', 'key: "2", intents: [move_visit, toothache]')],
    "asr_command_hides_an_intent": [("intents/en.yaml", "my tooth hurts", "start over")],
    "asr_command_hides_a_choice": [("intents/es.yaml", "dinero", "ayuda")],
    "asr_two_commands": [("intents/en.yaml", "[main menu, start over]", "[main menu, repeat]")],
    "ux_long_question": [(_EN, "What else can I do for you?", f"Is there anything else, {_MANY}?")],
    "ux_question_not_last": [
        (_EN, "What else can I do for you?", "What else? You can ask me about teeth, visits, bills, and about everything "
                              "that you find on the site, too.")],
    "ux_long_greeting": [(_EN, _BUSY, f"Mondays are busy, {_MANY}.")],
    "ux_nameless_greeting": [(_EN, "Harbor Dental, automated line. Para", "Welcome. Para")],
    "ux_menu_keys_in_another_order": [(_ES, "muelas, oprima 1. Para cambiar una visita, oprima 2.",
                                       "muelas, oprima 2. Para cambiar una visita, oprima 1.")],
    "ux_same_words_again": [(_EN, "I still cannot hear you. Please use the keypad.", "I did not hear anything. Take your time.")],
    "ux_blame": [(_ES, "Disculpe, no le entendí.", "Respuesta incorrecta.")],
    "ux_digits_not_counted": [(_EN, "Say or key in its ten digits, with", "Say it, with")],
    "ux_impatient": [("main.yaml", "timeout_s: 6, number_timeout_s: 10", "timeout_s: 3, number_timeout_s: 5")],
    "ux_long_goodbye": [(_EN, "Thank you for calling.", f"Thank you for calling, {_MANY}.")],
    "ux_long_refusal": [(_EN, "Our nurses talk", f"Our nurses, {_MANY}, {_MANY}, talk")],
    "ux_only_by_text": [("main.yaml", "by: [sms, email]", "by: [sms]"), ("policy.yaml", "email_link, ", "")],
    "ux_familiar_address": [(_ES, "¿En qué más puedo ayudarle?", "¿En qué más te ayudo?")],
    "ux_no_opening_mark": [(_ES, "¿En qué más puedo", "En qué más puedo")],
    "ux_acronym": [(_EN, _BUSY, "On Mondays bring your ADIT papers.")],
    "ux_loud": [(_EN, _BUSY, "Great news: Mondays are free!")],
    "ux_voice_words": [(_EN, "TOOTHACHE 1, MOVE A VISIT 2, BILL 3", "TOOTHACHE PRESS 1, MOVE 2, BILL 3")],
    "ux_lost_tilde": [(_ES, "QUE DIA ES SU VISITA Q MMDDAAAA", "QUE DIA Y AÑO ES SU VISITA Q MMDDAAAA")],
}
