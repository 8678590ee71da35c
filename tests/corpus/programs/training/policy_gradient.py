import torch
from torch.distributions import Categorical

torch.manual_seed(0)
logits = torch.zeros(3, requires_grad=True)
rewards = torch.tensor([0.0, 1.0, 0.2])
optimizer = torch.optim.SGD([logits], lr=0.3)
baseline = 0.0
for step in range(30):
    policy = Categorical(logits=logits)
    action = policy.sample()
    reward = rewards[action].item()
    loss = -policy.log_prob(action) * (reward - baseline)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    baseline = 0.9 * baseline + 0.1 * reward
print(Categorical(logits=logits).probs.argmax(), policy.entropy() < 1.1)
