"""Settings every test shares."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ["ASTROBOUNDS_KEEP_TABLES"] = "0"  # a test that replaces a solver must not leave its table behind
