import torch

train = torch.tensor([[1.0, 1.0], [1.2, 0.8], [4.0, 4.2], [3.8, 4.1]])
labels = torch.tensor([0, 0, 1, 1])


def predict(x, k=3):
    distances = ((train - x) ** 2).sum(dim=1).sqrt()
    nearest = distances.topk(k, largest=False).indices
    return labels[nearest].mode().values.item()


for point in torch.tensor([[0.9, 1.1], [4.0, 4.0], [2.0, 2.0]]):
    print(point.tolist(), "->", predict(point))
