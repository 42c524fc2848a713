"""Every card, form and home in every state as pictures, made by the product itself: `make gallery`."""
