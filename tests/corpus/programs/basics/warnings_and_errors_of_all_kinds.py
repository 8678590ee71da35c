import torch

actions = [
    lambda: torch.zeros(2)[5],
    lambda: torch.zeros(2, 3).view(7),
    lambda: torch.cat([torch.zeros(1, 2), torch.zeros(1, 3)]),
    lambda: torch.tensor([1, 2]) + "a",
    lambda: torch.tensor([[1, 2], [3]]),
    lambda: torch.nn.Linear(2, 3)(torch.zeros(1, 4)),
    lambda: int("seven"),
    lambda: {}["x"],
    lambda: None.shape,
    lambda: len(5),
    lambda: undefined_name,
    lambda: [].pop(),
    lambda: 1 / 0,
    lambda: torch.zeros(2).nothing,
    lambda: next(iter([])),
    lambda: "a" + 1,
    lambda: (1, 2)[3],
    lambda: torch.softmax(torch.zeros(2)),
]
for number, action in enumerate(actions):
    try:
        action()
    except Exception as error:
        print(number, type(error).__name__, str(error).splitlines()[0][:60] if str(error) else "-")
