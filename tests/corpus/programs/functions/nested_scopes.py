import torch

level = "module"


def outer():
    level = "outer"

    class Inside:
        level = "class"
        seen = level

        def method(self):
            return level

        def adder(self):
            total = 0

            def add(n):
                nonlocal total
                total += n
                return [total + k for k in range(2)]

            return add

    def change():
        nonlocal level
        level = "changed"

        def reset():
            global level
            level = "reset"

        return reset

    inside = Inside()
    before = inside.method()
    reset = change()
    reset()
    add = inside.adder()
    add(1)
    return inside.seen, before, inside.method(), add(2)


print(outer(), level)
print([[level + str(i) for i in range(2)] for _ in range(1)], (lambda level: level * 2)("x"))
