import torch


class Vec:
    def __init__(self, *values):
        self.v = torch.tensor([float(x) for x in values])

    def __add__(self, other):
        return Vec(*(self.v + other.v))

    def __sub__(self, other):
        return Vec(*(self.v - other.v))

    def __mul__(self, k):
        return Vec(*(self.v * k))

    def __rmul__(self, k):
        return self * k

    def __truediv__(self, k):
        return Vec(*(self.v / k))

    def __floordiv__(self, k):
        return Vec(*(self.v // k))

    def __mod__(self, k):
        return Vec(*(self.v % k))

    def __pow__(self, k):
        return Vec(*(self.v**k))

    def __matmul__(self, other):
        return (self.v @ other.v).item()

    def __neg__(self):
        return Vec(*-self.v)

    def __abs__(self):
        return self.v.norm().item()

    def __iadd__(self, other):
        self.v += other.v
        return self

    def __eq__(self, other):
        return torch.equal(self.v, other.v)

    def __ne__(self, other):
        return not self == other

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __le__(self, other):
        return not other < self

    def __gt__(self, other):
        return other < self

    def __ge__(self, other):
        return other <= self

    def __hash__(self):
        return hash(tuple(self.v.tolist()))

    def __repr__(self):
        return f"Vec{tuple(self.v.tolist())}"

    def __float__(self):
        return abs(self)

    def __int__(self):
        return 7


a, b = Vec(1, 2), Vec(3, 4)
print(a + b, b - a, a * 2, 2 * a, b / 2, b // 2, b % 2, a**2, a @ b, -a, abs(b))
alias = a
a += b
print(alias, a is alias, a == Vec(4, 6), a != b, b < a, b <= a, a > b, a >= b, float(b), int(b))
print(len({Vec(1, 1), Vec(1, 1)}), sorted([Vec(5, 5), Vec(1, 0)]))
