"""Recognition: photos of one ticket in, facts out. No database, no chat; the way in is ``tickets.recognise``."""
