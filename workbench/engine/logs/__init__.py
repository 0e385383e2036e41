"""Reading logs outside of a case: sources to feeds, feeds to what they say."""
