"""A case served to others and joined from elsewhere: events, not pixels."""
