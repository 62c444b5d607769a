"""What each diagnostic code means: the text of `ivr explain` and of the reference page. Pure data.

code -> (what is wrong, why it matters to a caller, what to do)
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "E-YAML": (
        "The file is not the YAML it looks like: a syntax error, a tab, a key given twice, a tag, or too many aliases.",
        "A duplicate key would silently overwrite the first one, and `no` or `012` would mean something else than they say; "
        "the loader therefore reads every value as text and refuses what is doubtful.",
        "Repair the place that is named. Quote keys and words such as \"yes\", \"no\" and \"1\"."),
    "E-SCHEMA": (
        "A key is unknown or missing, or a value is not of the kind that stands there.",
        "What is not understood would be left out, and the call would do something else than the file says.",
        "Compare with the kind's help; a misspelt key is named with the nearest known one."),
    "E-REF": (
        "A name points to nothing: a node, prompt, intent, queue, policy, fact, promise, variable or slot.",
        "The caller would come to a place that does not exist.",
        "Take the suggested name, or define what is missing."),
    "E-TOTAL": (
        "An outcome of a node leads nowhere, or a `decide` table leaves a case open. The missing row is printed.",
        "A caller in exactly this situation would hear nothing more.",
        "Wire the outcome under `to:`, or once for all nodes under the flow's `defaults:`."),
    "E-UNREACH": (
        "A node, prompt or intent that no call can come to.",
        "Nobody hears it; often it is the target of a line that was deleted by mistake.",
        "Wire it, or delete it."),
    "E-DEAD": (
        "From this node no `end` can be reached.",
        "The caller would go round until the budget of the call is spent.",
        "Give the way out that is missing."),
    "E-LOOP": (
        "Nodes that lead to each other without asking the caller anything.",
        "The call would spin in silence.",
        "Put a question into the circle, or break it."),
    "E-LANG": (
        "A prompt, intent or fact lacks a language of the bundle, or its placeholders differ between the languages.",
        "Callers of that language would hear another language, or a gap where a number belongs.",
        "Write the missing words as a native speaker would say them."),
    "E-POLICY": (
        "A transfer or promise names no policy, or one that does not exist.",
        "Nobody reaches a person unless a policy says so; without one the door stays shut.",
        "Name the entry of policy.yaml that decides."),
    "E-CHANNEL": (
        "A prompt or message lacks the words for a channel that is used.",
        "The text or email would be empty.",
        "Add the variant that is named."),
    "E-TIME": (
        "Opening hours with a gap, an overlap, or an impossible time.",
        "Callers would be told that the lines are closed when they are open, or the reverse.",
        "Write hours as \"08:00-20:00\" and days off as closed."),
    "W-FACT-STALE": (
        "A fact is past its review date.",
        "Callers may be told what is no longer true.",
        "Check it at its source and set a new review date."),
    "W-UX": (
        "Words or menus that are hard to follow on the telephone.",
        "Callers forget the beginning before they hear the end.",
        "At most five choices in a menu, three levels, and 32 words to a question."),
}
