"""The screens, a folder per role; ``bot.screens.registry`` finds them all."""
