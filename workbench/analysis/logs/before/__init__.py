"""Against the time before: when something began, and what is new, risen, as always, fallen or gone."""
