"""A team's store: cases, blobs and the wheel in PostgreSQL."""
