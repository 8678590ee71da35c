"""What the examples of autograd teach, stated as assertions."""
