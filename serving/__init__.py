"""Serving: build, publish and read the one file that people query."""
