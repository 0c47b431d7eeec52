"""From checked model to wire plan: every type as levels, nothing left to decide."""
