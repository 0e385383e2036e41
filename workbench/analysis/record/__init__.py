"""What a journal tells as a whole: where each figure stands, how far a case came, what many cases share."""
