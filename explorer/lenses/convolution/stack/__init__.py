"""The network around a layer: its units, what they cost, what they see, and their feature maps."""
