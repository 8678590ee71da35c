"""Tests of the error explanations."""
