"""Run the command line as ``python -m mifs``."""

import sys

from mifs.cli import main

sys.exit(main())
