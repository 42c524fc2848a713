"""The weekly card: what is late, kept, unanswered and out of reach, to be seen by somebody each week."""
