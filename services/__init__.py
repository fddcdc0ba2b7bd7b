"""The rules of trade, one module per subject. They take a Session and plain values and know no chat and no web."""
