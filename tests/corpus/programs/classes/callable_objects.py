import torch


class Polynomial:
    def __init__(self, *coefficients):
        self.coefficients = coefficients

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))

    def derivative(self):
        return Polynomial(*[i * c for i, c in enumerate(self.coefficients)][1:])


class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        for t in self.transforms:
            x = t(x)
        return x


p = Polynomial(1.0, 2.0, 3.0)
print(p(2), p.derivative()(2), p(torch.tensor([0.0, 1.0])), callable(p))
pipeline = Compose([lambda x: x - x.mean(), lambda x: x / x.std(), p])
print(pipeline(torch.tensor([1.0, 2.0, 3.0])))
