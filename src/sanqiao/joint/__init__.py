"""Facts about two work domains."""
