"""The deployment plan of a change: its steps, when to take it back, and what to watch; every number as measured."""
