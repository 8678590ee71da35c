import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = a * b
d = c + a
e = d.relu()


def walk(node, depth=0):
    if node is None:
        return
    print("  " * depth + node.name())
    for child, _ in node.next_functions:
        walk(child, depth + 1)


walk(e.grad_fn)
print(a.is_leaf, c.is_leaf, c.grad_fn.name(), type(d.grad_fn).__name__)
c.retain_grad()
e.backward()
print(a.grad, b.grad, c.grad)
