"""What logs tell of operations: starts, releases, migrations, flags, and calls to other hosts."""
