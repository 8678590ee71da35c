import torch

X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float)
gates = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0]}
for name, target in gates.items():
    w, b = torch.zeros(2), 0.0
    for epoch in range(20):
        errors = 0
        for x, t in zip(X, target):
            output = 1 if x @ w + b > 0 else 0
            if output != t:
                w += (t - output) * x
                b += t - output
                errors += 1
        if errors == 0:
            break
    print(f"{name:>5}: w={w.tolist()} b={b} epochs={epoch + 1}")
