"""The rows of logs: where every line stands, when it was written, and what is found among them."""
