"""Whoever meets the bot for the first time reads in three sentences what it does for a person in that role."""
