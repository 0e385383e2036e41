"""Pane 1: what is going wrong, where, since when, and why."""
