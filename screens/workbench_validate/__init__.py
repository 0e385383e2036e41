"""Pane 3: the gates, the verdict and the plan."""
