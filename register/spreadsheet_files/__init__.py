"""Reads the lines of a spreadsheet's file, without the database and without Django."""
