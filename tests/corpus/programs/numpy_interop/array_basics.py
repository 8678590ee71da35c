import numpy as np

a = np.arange(12).reshape(3, 4)
print(a, a.shape, a.dtype, a.ndim, a.size, a.T.shape)
print(a.sum(axis=0), a.mean(), a.std(axis=1), a.max(), a.argmin(), a.cumsum()[:3], a.var())
print(a[1:, ::2], a[a > 6], a[[0, 2], [1, 3]], a[..., -1], a[:, np.newaxis].shape)
print(np.zeros((2, 2)), np.ones(3, dtype=np.int64), np.eye(2), np.linspace(0, 1, 3), np.full((2,), 7))
print(np.concatenate([a, a]).shape, np.stack([a, a]).shape, np.vstack([a, a]).shape, np.hstack([a, a]).shape)
print(np.dot(a, a.T), a @ a.T, np.where(a > 5, 1, 0).sum(), np.clip(a, 2, 5).max(), np.sort([3, 1, 2]))
a[0] = 100
a[:, 1] += 5
print(a.astype(np.float32)[0], a.tolist()[1], a.flatten()[:2], a.reshape(-1).copy()[0], np.unique([1, 1, 2]))
