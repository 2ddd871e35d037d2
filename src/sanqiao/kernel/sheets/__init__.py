"""Spreadsheets in and out: one declaration gives template, reading, plan, refused file, export."""
