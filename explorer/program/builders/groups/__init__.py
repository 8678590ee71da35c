"""The operations that a chip can be, a module for each kind."""
