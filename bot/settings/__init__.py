"""The settings: from the environment or `.env`, each checked by itself, and a sentence for whatever is wrong."""
