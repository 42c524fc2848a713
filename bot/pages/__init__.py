"""Web pages that the policy names, read once: by https, within bounds (P3)."""
