"""``python -m midlpy``."""

from midlpy.cli import main

if __name__ == "__main__":
    main()
