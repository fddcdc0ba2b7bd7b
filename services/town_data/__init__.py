"""The table of towns, and the program that makes it. Where it comes from: README.md beside it."""
