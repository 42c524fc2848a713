"""Whose data: whoever was on a call reads who listened to it, when, why and by whose approval (P11)."""
