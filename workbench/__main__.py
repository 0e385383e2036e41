"""``python -P -m workbench``: the same as the console script."""

import sys

from workbench.cli.main import main

sys.exit(main())
