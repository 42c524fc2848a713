"""Every card, form and home in every state as pictures, drawn by the product itself: `make gallery`."""
