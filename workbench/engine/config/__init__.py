"""Settings: ``workbench.toml`` or ``[tool.workbench]`` of the repository, and the user's own file."""
