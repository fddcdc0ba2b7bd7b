"""Pictures of goals and rankings, for a phone. All but ``way`` loads matplotlib: import it where it draws."""
