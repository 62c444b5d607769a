"""What each diagnostic code means: the text of `ivr explain` and of the reference page. Pure data.

code -> (what is wrong, why it matters to a caller, what to do)
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "E-YAML": (
        "The file is not the YAML it looks like: a syntax error, a tab, a key given twice, a tag, a merge key, a second document, or "
        "too many aliases.",
        "A duplicate key would silently overwrite the first one, and `no` or `012` would mean something else than they say; "
        "the loader therefore reads every value as text and refuses what is doubtful.",
        "Repair the place that is named. Quote keys and words such as \"yes\", \"no\" and \"1\"."),
    "E-SCHEMA": (
        "A key is unknown or missing, or a value is not of the kind that stands there.",
        "What is not understood would be left out, and the call would do something else than the file says.",
        "Compare with the kind's help; a misspelt key is named with the nearest known one."),
    "E-REF": (
        "A name points to nothing: a node, prompt, intent, queue, policy, fact, promise, step, variable or slot.",
        "The caller would come to a place that does not exist.",
        "Take the suggested name, or define what is missing."),
    "E-TOTAL": (
        "An outcome of a node leads nowhere, or a `decide` table leaves a case open. The missing row is printed.",
        "A caller in exactly this situation would hear nothing more.",
        "Wire the outcome under `to:`, or once for all nodes under the flow's `defaults:`."),
    "E-UNREACH": (
        "A node, prompt, intent or fact that no call can come to.",
        "Nobody hears it; often it is the target of a line that was deleted by mistake.",
        "Wire it, or delete it."),
    "E-DEAD": (
        "From this node no `end` with a real next step can be reached.",
        "The caller would go round until the budget of the call is spent.",
        "Give the way out that is missing."),
    "E-LOOP": (
        "Nodes that lead to each other without asking the caller anything, or more caller turns to an end than the rule allows.",
        "The call would spin in silence, or go on for ever.",
        "Put a question into the circle, or break it."),
    "E-POLICY": (
        "A call can come to a transfer or a promise while its policy is not true, or a node names no policy. The shortest such call is "
        "printed.",
        "Somebody would reach a person who must not, or the door would open by a fault.",
        "Restore the guard or target that was changed, or change policy.yaml. Never wire a failure to a queue."),
    "E-NEVER": (
        "A call can break a rule under `never` in policy.yaml. The shortest such call is printed.",
        "A caller would get what the policy forbids, whatever the entries say.",
        "Lead the caller elsewhere before this node, or guard the way to it."),
    "E-ALWAYS": (
        "A call can break a rule under `always` in policy.yaml. The shortest such call is printed.",
        "A caller would be refused and offered nothing, or be transferred unprepared.",
        "Say a prompt that names the step (a fact with `step:`), or offer a link or a callback on this way."),
    "E-LANG": (
        "A prompt, intent or fact lacks a language of the bundle, is not translated, or has other placeholders or channels than in the "
        "other language.",
        "Callers of that language would hear another language, or a gap where a number belongs.",
        "Write the missing words as a native speaker would say them."),
    "E-CHANNEL": (
        "A prompt or message lacks the words for a channel on which it is used, or has too many: 160 characters in a text, one line of "
        "60 for a question on a text telephone, six for an answer. Or a menu lies too deep for callers with keys only.",
        "The text would be empty or come in pieces; callers with a text telephone would wait, or lose the beginning.",
        "Add or shorten the variant that is named. A text begins with the name of the service and says how to STOP."),
    "E-PII": (
        "Personal data can go where it has no permission: a sensitive slot into a prompt, message, web address or context, or a case "
        "detail to a caller who is not verified.",
        "Somebody else would learn what belongs to this caller alone.",
        "Leave the value out, give the slot `allow: [prompt | sms | email | context]`, or ask for verification on every way to this "
        "node."),
    "E-CONSENT": (
        "A text or an email can go out without a clear yes in the same call, or the question does not say where it goes.",
        "The caller would get a message that nobody asked about.",
        "Ask with {number} or {email} in the offer; use `consent: given` only after a yes to the same channel."),
    "E-FACT": (
        "A prompt holds a telephone number, an address, a time of day or a duration of its own.",
        "Once it changes, callers would go on hearing the old one, because nobody finds every prompt that says it.",
        "Put it into facts.yaml with its source and a review date, and write {fact.NAME} in the prompt."),
    "E-ASR": (
        "Two intents, choices or commands are said with the same words.",
        "Which of them a caller gets would be a matter of luck, or always the first.",
        "Keep the words in one of the two places."),
    "E-TIME": (
        "Opening hours with an overlap or an impossible time, or a promise that does not fit into them.",
        "Callers would be told that the lines are closed when they are open, or wait for a call that cannot come.",
        "Write hours as \"08:00-20:00\" and days off as closed; begin the last round early enough for the second one."),
    "W-FACT-STALE": (
        "A fact is past its review date.",
        "Callers may be told what is no longer true.",
        "Check it at its source and set a new review date."),
    "W-UX": (
        "Words or menus that are hard to follow on the telephone. The number in parentheses is the rule's.",
        "Callers forget the beginning before they hear the end, press the wrong key, or feel blamed.",
        "V01 a question has 32 words, and comes last. V02 the greeting names the service, says that it is automated, and lets callers "
        "choose within 40 words. V03 menus say the action before the key, in the order of the keys. V04 the same keys in every language. "
        "V07 reprompts use other words and blame nobody. V11 say how many digits. V13 wait 5 seconds, 10 for numbers. V14 last words "
        "have at most 22. V15 a refusal has at most 60. V19 offer email beside texts. V20 usted, and ¿ before a question. V21 explain "
        "acronyms in the same prompt. V22 nothing loud. V23 on a text telephone and in chat nobody presses, says or hears."),
}
