"""Screens that everybody meets: the way in, the menu, the language."""
