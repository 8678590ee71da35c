import torch


class Lazy:
    def __init__(self, **values):
        self.values = values

    def __getattr__(self, name):
        if name in self.values:
            return self.values[name]
        raise AttributeError(f"no {name}")

    def __eq__(self, other):
        return isinstance(other, Lazy) and self.values == other.values

    def __and__(self, other):
        return Lazy(**{**self.values, **other.values})

    def __or__(self, other):
        return sorted({*self.values, *other.values})

    def __invert__(self):
        return list(self.values)

    def __pos__(self):
        return "plus"

    def __rsub__(self, other):
        return f"{other} minus lazy"

    def __lshift__(self, other):
        return f"<< {other}"

    def __complex__(self):
        return 1j

    def __round__(self, digits=0):
        return digits

    def __format__(self, spec):
        return f"<{spec}>"

    def __imul__(self, other):
        self.values = {k: v * other for k, v in self.values.items()}
        return self


a, b = Lazy(x=1), Lazy(y=2)
print(a.x, (a & b).values, a | b, ~a, +a, 5 - a, a << 2, complex(a), round(a, 3), f"{a:wide}", a == Lazy(x=1))
a *= 3
print(a.x, hasattr(a, "nothing"))
try:
    a.nothing
except AttributeError as error:
    print(error)


class Meters(float):
    def __repr__(self):
        return f"{float(self)} m"


class Sizes(list):
    def total(self):
        return sum(self)


class Default(dict):
    def __missing__(self, key):
        self[key] = key * 2
        return self[key]


print(Meters(3), Meters(2) + 1, Sizes([1, 2]).total(), Default()[4], len(Sizes()))
