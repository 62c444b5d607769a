"""Files that are not the YAML they look like."""

from __future__ import annotations

from tests.bundle_edits import Edit

STARTER: dict[str, list[Edit]] = {
    "yaml_tab": [("main.yaml", "  hours: {say", "\thours: {say")],
    "yaml_unclosed_bracket": [("main.yaml", "intents: [opening_hours]}, {id: way", "intents: [opening_hours}, {id: way")],
    "yaml_colon_in_text": [("facts.yaml", 'source: "door sign", review_by: 2027-12-31}\n  street', "source: door: sign\n  street")],
    "yaml_duplicate_key": [("main.yaml", "nodes:\n", "nodes:\n  hours: {say: way, next: goodbye}\n")],
    "yaml_python_tag": [("main.yaml", "start: welcome", "start: !!python/object/apply:os.system [welcome]")],
    "yaml_alias_of_itself": [("main.yaml", "to: {hours: hours, way: way}", "to: &loop {hours: hours, way: *loop}")],
    "yaml_unknown_alias": [("main.yaml", "start: welcome", "start: *welcome")],
    "yaml_not_utf8": [("prompts/es.yaml", "línea automática", "l\udcffnea")],
    "yaml_merge_key": [("main.yaml", "  hours: {say: hours, next: anything_else}",
                        "  base: &base {next: anything_else}\n  hours:\n    <<: *base\n    say: hours\n    next: anything_else")],
    "yaml_two_documents": [("facts.yaml", "facts:", "---\nfacts:")],
    "yaml_end_mark": [("facts.yaml", "facts:", "...\nfacts:")],
    "yaml_nul": [("facts.yaml", "door sign", "door\0sign")],
    "yaml_utf16": [("facts.yaml", "*", "\udcff\udcfef\0a\0")],
    "yaml_alias_bomb": [("facts.yaml", "*", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)))],
    "yaml_nested_too_deep": [("facts.yaml", "*", "facts: " + "[" * 50 + "]" * 50)],
    "yaml_too_large": [("facts.yaml", "*", "# a comment that goes on and on\n" * 40_000)],
    "yaml_same_key_with_quotes": [("prompts/en.yaml", "  hours:", '  "hours": "We are open."\n  hours:')],
    "yaml_invisible_character": [("facts.yaml", "  hours:", "  hours\u200b:")],
    "yaml_no_break_space": [("facts.yaml", "  hours:", "\u00a0 hours:")],
    "yaml_unclosed_quote": [("facts.yaml", '"9 to 5"', '"9 to 5')],
}
HARBOR: dict[str, list[Edit]] = {
    "yaml_norway": [("bundle.yaml", "languages: [en, es]", "languages: [en, no]"), ("bundle.yaml", "es: Dental Harbor", "no: Harbor")],
}
