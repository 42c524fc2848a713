"""What all chat platforms share: who somebody is, what a press leads to, forms, words, and patience with a platform."""
