"""Tracebacks: reading them in every shape logs give them, naming the error they are, finding its place in the code."""
