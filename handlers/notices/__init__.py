"""Notices to callers: confirmed with evidence, looked at on the web, and the days on which there were none (P3)."""
