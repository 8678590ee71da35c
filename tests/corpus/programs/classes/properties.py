import torch


class Temperature:
    count = 0

    def __init__(self, celsius):
        self._celsius = celsius
        Temperature.count += 1

    @property
    def fahrenheit(self):
        """In degrees Fahrenheit."""
        return self._celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self._celsius = (value - 32) * 5 / 9

    @staticmethod
    def freezing(values):
        return values < 0

    @classmethod
    def from_tensor(cls, t):
        return [cls(v) for v in t.tolist()]


t = Temperature(25.0)
print(t.fahrenheit)
t.fahrenheit = 212.0
print(t._celsius, Temperature.freezing(torch.tensor([-1.0, 1.0])))
many = Temperature.from_tensor(torch.tensor([0.0, 10.0]))
print(len(many), Temperature.count, t.freezing(torch.tensor([-5.0])))
try:
    t.missing
except AttributeError as error:
    print(error)
