import torch


class Layer:
    registry = []
    defaults = {"bias": True, "scale": 1.0}
    instances = 0
    doubled = [2 * i for i in range(3)]

    def __init__(self, **options):
        for key, value in {**self.defaults, **options}.items():
            setattr(self, key, value)
        self.registry.append(self)
        type(self).instances += 1
        self.id = self.__class__.instances

    def __repr__(self):
        return f"{type(self).__name__}(id={self.id}, bias={self.bias}, scale={self.scale})"

    def clone(self):
        return type(self)(bias=self.bias, scale=self.scale)


class Wide(Layer):
    """Wider."""

    width: int = 4


a, b = Layer(bias=False), Wide(scale=2.0)
print(Layer.registry, Layer.instances, Wide.instances, a.doubled)
print(b.clone(), getattr(b, "width"), Wide.__name__, Wide.__doc__)
b.extra = torch.ones(1)
b.extra += 1
print(b.extra, hasattr(a, "extra"))
