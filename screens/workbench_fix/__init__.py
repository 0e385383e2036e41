"""Pane 2: the test, the change and its proof."""
