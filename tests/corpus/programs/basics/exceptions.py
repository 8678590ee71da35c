import torch


def divide(a, b):
    try:
        result = a / b
    except ZeroDivisionError:
        print("division by zero")
        return None
    except (TypeError, ValueError) as error:
        print("wrong kind:", type(error).__name__)
        raise
    else:
        print("fine")
        return result
    finally:
        print("finally")


print(divide(1, 2), divide(1, 0))
try:
    divide("a", 1)
except TypeError:
    print("caught again")

try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as e:
    print("RuntimeError:", e)

try:
    [1, 2][5]
except IndexError as e:
    print(repr(e), e.args)

try:
    {}["missing"]
except LookupError as e:
    print("lookup", e)

try:
    int("x")
except Exception:
    print("anything")
