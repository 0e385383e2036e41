"""Reading a whole log: a sample teaches its formats, then every line is counted in one pass with bounded memory."""
