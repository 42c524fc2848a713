"""The breaker: a day with unusually many erasures, or any after a restore, stops until two people agree that they are meant (P12)."""
