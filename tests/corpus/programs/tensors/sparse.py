import torch

indices = torch.tensor([[0, 1, 1], [2, 0, 2]])
s = torch.sparse_coo_tensor(indices, torch.tensor([3.0, 4.0, 5.0]), (2, 3))
print(s)
print(s.to_dense(), s.coalesce().values(), s.coalesce().indices(), s.is_sparse)
print(torch.sparse.mm(s, torch.ones(3, 1)), s.coalesce().values().numel())
csr = torch.tensor([[0.0, 1.0], [2.0, 0.0]]).to_sparse_csr()
print(csr.crow_indices(), csr.col_indices(), csr.values(), csr @ torch.ones(2))
