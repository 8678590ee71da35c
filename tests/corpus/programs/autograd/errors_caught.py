import torch

x = torch.ones(3, requires_grad=True)
for attempt in ("inplace", "twice", "integer", "saved", "nograd", "numpy"):
    try:
        if attempt == "inplace":
            x += 1
        elif attempt == "twice":
            y = (x**2).sum()
            y.backward()
            y.backward()
        elif attempt == "integer":
            torch.ones(2, dtype=torch.long, requires_grad=True)
        elif attempt == "saved":
            w = x.exp()
            w.add_(1)
            w.sum().backward()
        elif attempt == "nograd":
            torch.ones(2).sum().backward()
        else:
            x.numpy()
    except RuntimeError as error:
        print(attempt, "->", str(error).split(".")[0][:50])
