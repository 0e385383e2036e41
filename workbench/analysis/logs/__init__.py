"""Logs: formats and headers, patterns, records and tracebacks, errors, and how all of that compares with before."""
