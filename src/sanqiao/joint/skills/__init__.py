"""Who can do what, as slips of checking in say, for those who call people."""
