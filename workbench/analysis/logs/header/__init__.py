"""The header of a log line, learned from a sample: times, levels, names and brackets that stand in columns."""
