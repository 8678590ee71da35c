"""Convolution and pooling: the window of every output cell, its products, and what they add up to."""
