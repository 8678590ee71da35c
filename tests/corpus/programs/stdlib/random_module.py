import random

import torch

random.seed(3)
print(random.random(), random.randint(1, 6), random.uniform(0, 1), random.gauss(0, 1), random.randrange(10))
items = [1, 2, 3, 4]
random.shuffle(items)
print(items, random.choice(items), random.sample(range(100), 3), random.choices("ab", k=3))
generator = random.Random(5)
print(generator.random() == random.Random(5).random())
flips = torch.tensor([random.random() < 0.5 for _ in range(100)]).float()
print(flips.mean())
