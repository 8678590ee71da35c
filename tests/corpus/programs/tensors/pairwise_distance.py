import torch

x = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
diff = x.unsqueeze(0) - x.unsqueeze(1)
by_hand = (diff**2).sum(-1).sqrt()
print(by_hand, torch.cdist(x, x), torch.pdist(x))
gram = x @ x.T
sq = gram.diag()
print((sq[:, None] + sq[None, :] - 2 * gram).sqrt())
print(torch.nn.functional.cosine_similarity(x[1:2], x[2:3]), x.corrcoef().shape, torch.cov(x.T))
