"""``python -m tui401``."""

import sys

from tui401.cli import main

if __name__ == "__main__":
    sys.exit(main())
