import torch

shapes = [(2, 3), (3, 2), (2, 2)]
products = []
for shape in shapes:
    x = torch.ones(shape)
    products.append(
        torch.ones(4, 2)
        @ x
    )
