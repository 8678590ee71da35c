"""Programs to start from, a module for each page."""
