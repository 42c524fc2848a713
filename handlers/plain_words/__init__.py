"""In plain words: what people write is answered from the policy, opens the right form, or leads to a confidential report (P1)."""
