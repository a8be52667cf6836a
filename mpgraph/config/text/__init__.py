"""The text format (.pbtxt): parsing, binding to messages, printing and formatting."""
