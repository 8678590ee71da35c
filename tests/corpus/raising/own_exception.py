class TooSmall(ValueError):
    pass


def check(n):
    if n < 3:
        raise TooSmall(f"{n} is too small")


check(5)
check(2)
