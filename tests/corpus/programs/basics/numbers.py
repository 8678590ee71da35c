import math

print(7 / 2, 7 // 2, 7 % 2, -7 // 2, 2**10, 2**-1, divmod(17, 5), abs(-3.5), round(2.567, 1), round(2.5))
print(int(3.9), float(3), complex(1, 2).real, (3 + 4j).conjugate(), abs(3 + 4j))
print(math.sqrt(2), math.exp(1), math.log(10), math.pi, math.ceil(1.2), math.inf > 1, math.isnan(math.nan))
print(math.factorial(6), math.gcd(12, 18), math.comb(5, 2), math.prod([2, 3, 4]), math.hypot(3, 4))
print(min(3, 1, 2), max([4, 9]), sum([1, 2, 3], 10), sum([0.1] * 3), pow(2, 5))
print(0b1010, 0xFF, 0o17, 1_000_000, 1e3, bin(5), hex(255), oct(8))
print(5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 4, 256 >> 2)
print((5).bit_length(), (0.5).is_integer(), float("inf"), -0.0)
