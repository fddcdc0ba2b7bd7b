"""Screens of the storekeeper."""
