"""The conversation: screens, buttons, and the connectors that turn a messenger's wire into neutral events."""
