import torch

x = torch.ones(3)
alias = x
del x
alias.mul_(2)
print(alias)


def todo():
    pass


class Empty:
    pass


print(todo(), isinstance(Empty(), Empty))
try:
    print(x)
except NameError as error:
    print(error)
for i in range(3):
    pass
i
