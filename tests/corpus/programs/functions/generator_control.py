def guarded():
    try:
        yield 1
        yield 2
    except ValueError as error:
        yield f"handled {error}"
    finally:
        print("cleaned up")


g = guarded()
print(next(g), g.throw(ValueError("oops")))
print(next(g, "exhausted"))
h = guarded()
next(h)
h.close()


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


for i, value in enumerate(fibonacci()):
    if i >= 8:
        break
    print(value, end=" ")
print()
