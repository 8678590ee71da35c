import torch

counter = 0
weights = torch.zeros(2)


def step():
    global counter, created
    counter += 1
    weights.add_(counter)
    created = "inside"


step()
step()
print(counter, weights, created)


def shadow():
    counter = 100
    return counter


print(shadow(), counter)
