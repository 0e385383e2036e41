"""The app: modes and wiring."""
