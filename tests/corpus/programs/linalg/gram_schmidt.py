import torch


def gram_schmidt(vectors):
    basis = []
    for v in vectors:
        w = v.clone()
        for b in basis:
            w -= (w @ b) * b
        if w.norm() > 1e-6:
            basis.append(w / w.norm())
    return torch.stack(basis)


V = torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [2.0, 1.0, 1.0]])
Q = gram_schmidt(V)
print(Q)
print(torch.allclose(Q @ Q.T, torch.eye(len(Q)), atol=1e-6))
