import torch


class Section:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind.__name__ if kind else None)
        return kind is ValueError


with Section("a") as s:
    print("inside", s.name)
with Section("b"):
    raise ValueError("swallowed")
with Section("x") as x, Section("y"):
    print(x.name)
try:
    with Section("c"):
        raise KeyError("kept")
except KeyError as error:
    print(error)
with torch.no_grad(), torch.enable_grad():
    print(torch.is_grad_enabled())
