"""How the demo's log was recorded: ``python -m workbench.demo.recorder LOG.gz`` records it anew.

Two releases of the project really run, one after the other, under the load of ``plan``: clients on many threads, a
second connection that holds the write lock, partners that sign with the wrong key. Nothing is written into the log but
what the project wrote; only time and places are mapped. Time in which no request was under way is skipped, so that 91
minutes take about ten, and paths read as they would on the host (``/srv/app``).
"""
