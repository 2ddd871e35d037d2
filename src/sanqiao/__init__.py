"""三桥 Sanqiao: the working system of grassroots Party building and grid governance."""
