import torch

primes = []
for n in range(2, 30):
    for p in primes:
        if n % p == 0:
            break
    else:
        primes.append(n)
        continue
    if n % 7 == 0:
        print("a multiple of seven that is not prime:", n)
print(primes)
t = torch.tensor(primes)
print(t.diff(), t.float().mean())
