"""The policy's own review: reminded of, called for by a change, completed; and which text of it was in force when (P14)."""
