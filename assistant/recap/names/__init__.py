"""Names: the company called, and the people who took part."""
