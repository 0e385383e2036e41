"""The pattern miner: masks what varies, splits what differs, and merges what says the same."""
