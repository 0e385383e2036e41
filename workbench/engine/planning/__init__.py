"""Making the plan of a change: finding out, rehearsing the roll-back, checking the rules."""
