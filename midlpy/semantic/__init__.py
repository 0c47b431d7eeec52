"""From syntax tree to checked model: names bound, constants folded, rules kept."""
