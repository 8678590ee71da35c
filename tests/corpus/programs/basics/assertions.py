import torch

x = torch.randn(3, 4)
assert x.shape == (3, 4)
assert x.ndim == 2, f"expected two dimensions, got {x.ndim}"
assert torch.allclose(x @ torch.eye(4), x)
assert isinstance(x, torch.Tensor) and not isinstance(x, int)
try:
    assert x.numel() == 5, "wrong number of elements"
except AssertionError as error:
    print("assertion:", error)
torch.testing.assert_close(torch.ones(2), torch.ones(2))
print("all hold")
