"""`python -m tests.corpus`: see report.py."""

import sys

from tests.corpus.report import main

sys.exit(main(sys.argv[1:]))
