from __future__ import annotations

import sys
from pathlib import Path

for folder in (Path(__file__).parents[3], Path(__file__).parents[1], Path(__file__).parent):
    sys.path.insert(0, str(folder))  # the recording and the support of the screens' tests, and the script beside these
