"""Plugins that people describe in TOML instead of programming them: each is one program and the form of its output."""
