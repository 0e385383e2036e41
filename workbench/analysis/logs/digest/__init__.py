"""From what was counted to what is said: patterns, errors, the onset, the impact, facts about the source."""
