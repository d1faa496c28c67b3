"""The look: tokens and what is made from them."""
