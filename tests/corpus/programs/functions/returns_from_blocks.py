import torch


def from_with(x):
    with torch.no_grad():
        return x * 2


def from_try(x):
    try:
        return x.view(5)
    except RuntimeError:
        return None
    finally:
        print("finally after return")


def from_loop(xs):
    for x in xs:
        with torch.enable_grad():
            if x > 1:
                return x
    else:
        return "none"


w = torch.ones(2, requires_grad=True)
print(from_with(w).requires_grad, torch.is_grad_enabled(), from_try(w), from_loop([0, 1, 2]), from_loop([]))
