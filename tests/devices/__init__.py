"""On a real accelerator."""
