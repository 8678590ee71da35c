import torch

states, start = ["rain", "sun"], torch.tensor([0.6, 0.4]).log()
trans = torch.tensor([[0.7, 0.3], [0.4, 0.6]]).log()
emit = torch.tensor([[0.1, 0.4, 0.5], [0.6, 0.3, 0.1]]).log()
observations = [0, 1, 2, 2]
score, back = start + emit[:, observations[0]], []
for o in observations[1:]:
    candidates = score[:, None] + trans
    score, pointer = candidates.max(dim=0)
    score = score + emit[:, o]
    back.append(pointer)
best = [score.argmax().item()]
for pointer in reversed(back):
    best.append(pointer[best[-1]].item())
print([states[i] for i in reversed(best)], score.max().exp())
