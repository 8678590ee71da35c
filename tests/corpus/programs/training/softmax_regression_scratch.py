import torch

torch.manual_seed(0)
num_inputs, num_outputs = 6, 3
W = torch.normal(0, 0.01, size=(num_inputs, num_outputs), requires_grad=True)
b = torch.zeros(num_outputs, requires_grad=True)


def softmax(X):
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition


def net(X):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)


def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


def accuracy(y_hat, y):
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.type(y.dtype).sum())


X = torch.randn(60, 2, 3)
y = X.reshape(60, -1)[:, :3].argmax(1)
for epoch in range(10):
    l = cross_entropy(net(X), y).mean()
    l.backward()
    with torch.no_grad():
        for p in (W, b):
            p -= 1.0 * p.grad
            p.grad = None
    if epoch % 3 == 0:
        print(f"epoch {epoch}: loss {l.item():.4f}, accuracy {accuracy(net(X), y) / len(y):.2f}")
