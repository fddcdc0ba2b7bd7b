"""Screens of the sales rep."""
