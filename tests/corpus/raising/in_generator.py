def numbers():
    yield 1
    raise RuntimeError("no more")


for n in numbers():
    print(n)
