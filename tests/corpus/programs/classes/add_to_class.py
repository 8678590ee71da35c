import torch


def add_to_class(Class):
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)

    return wrapper


class Model:
    def __init__(self):
        self.w = torch.ones(2)


@add_to_class(Model)
def forward(self, x):
    return self.w @ x


@add_to_class(Model)
def __call__(self, x):
    return self.forward(x) * 2


model = Model()
print(model.forward(torch.tensor([1.0, 2.0])), model(torch.tensor([1.0, 2.0])))
