"""One module per messenger: its wire to neutral events, and neutral messages to its wire."""
