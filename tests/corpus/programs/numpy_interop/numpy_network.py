import numpy as np

np.random.seed(0)
X = np.random.randn(8, 3)
y = np.random.randn(8, 1)
w1, w2 = np.random.randn(3, 4), np.random.randn(4, 1)
lr = 1e-2
for t in range(10):
    h = X.dot(w1)
    h_relu = np.maximum(h, 0)
    y_pred = h_relu.dot(w2)
    loss = np.square(y_pred - y).sum()
    grad_y_pred = 2.0 * (y_pred - y)
    grad_w2 = h_relu.T.dot(grad_y_pred)
    grad_h = grad_y_pred.dot(w2.T) * (h > 0)
    w1 -= lr * X.T.dot(grad_h)
    w2 -= lr * grad_w2
    if t % 3 == 0:
        print(t, f"{loss:.4f}")
print(np.linalg.norm(w1) > 0, np.exp(0), np.pi, np.inf)
