import random

import torch

random.seed(0)
Q = torch.zeros(5, 2)
for episode in range(30):
    state = 0
    while state != 4:
        if random.random() < 0.2:
            action = random.choice([0, 1])
        else:
            action = int(Q[state].argmax()) if Q[state, 0] != Q[state, 1] else 1
        next_state = max(0, state - 1) if action == 0 else state + 1
        reward = 1.0 if next_state == 4 else 0.0
        Q[state, action] += 0.5 * (reward + 0.9 * Q[next_state].max() - Q[state, action])
        state = next_state
print(Q.round(decimals=3))
print(["left" if a == 0 else "right" for a in Q[:4].argmax(1)])
