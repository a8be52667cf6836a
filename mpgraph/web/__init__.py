"""Graphs and solutions in web pages: export, the JavaScript package, and a page that is a graph."""
