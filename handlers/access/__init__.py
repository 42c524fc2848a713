"""Access to recordings: a member of staff asks, the right approver decides, access ends (P7, P9)."""
