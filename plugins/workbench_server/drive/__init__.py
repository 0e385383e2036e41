"""The driver: starts the servers of both sides and talks to them. Runs as a process of its own, so that all of it can
be stopped at once."""
