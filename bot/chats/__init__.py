"""What all chat platforms share: who a person is, what a press leads to, forms, words, and patience with a platform."""
