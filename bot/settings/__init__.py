"""The settings: from the environment or `.env`, each checked on its own, with a sentence for everything that is wrong."""
