"""From wire plan to text: names, pieces of Python, templates."""
