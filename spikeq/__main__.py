"""``python -m spikeq``: the command line."""

from spikeq.cli import main

raise SystemExit(main())
