import torch


def classify(x):
    if x.isnan().any():
        return "has nan"
    for i, value in enumerate(x):
        if value < 0:
            return f"negative at {i}"
        if value == 0:
            continue
    return "fine"


def nothing():
    return


print(classify(torch.tensor([1.0, float("nan")])), classify(torch.tensor([1.0, 0.0, -2.0])), classify(torch.ones(3)))
print(nothing())
