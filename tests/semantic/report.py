"""How often cases break each rule and keep it.

``python -m tests.semantic.report`` prints a line for each rule, and ends with 1 if no test
breaks some rule.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from midlpy.semantic.rules import RULES, TABLES
from tests.semantic.case_files import all_cases
from tests.semantic.test_rules_of_files import BROKEN

# No file at all breaks it: ``test_rules_of_files``.
WITHOUT_FILE = "unreadable-file"


def counts() -> dict[str, Counter[str]]:
    """How many cases of each kind every rule has."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case in all_cases():
        found[case.rule][case.kind] += 1
    return {slug: found[slug] for slug in RULES}


def unbroken() -> list[str]:
    """The rules that neither a case nor a group of files breaks."""
    found = counts()
    others = {*BROKEN, WITHOUT_FILE}
    return [slug for slug in RULES if not found[slug]["breaks"] and slug not in others]


def main() -> int:
    found = counts()
    print(f"{'rule':<32}{'MIDL':>5}{'breaks':>8}{'legal':>7}")
    for table, rules in TABLES.items():
        print(f"{table}:")
        for rule in rules:
            kinds = found[rule.slug]
            broken, legal = kinds["breaks"] or "files", kinds["legal"]
            print(f"  {rule.slug:<30}{rule.midl or '':>5}{broken:>8}{legal:>7}")
    total = sum(found.values(), Counter[str]())
    print(f"{'in all':<37}{total['breaks']:>8}{total['legal']:>7}")
    missing = unbroken()
    print(f"rules that no test breaks: {', '.join(missing) or 'none'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
