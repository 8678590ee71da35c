"""Recurrent layers: gates, memory and gradient through time."""
