import torch
import torch.nn.functional as F

world = torch.zeros(6, 6)
world[2, 1:4] = 1
kernel = torch.ones(1, 1, 3, 3)
kernel[0, 0, 1, 1] = 0
for generation in range(3):
    for row in world.int().tolist():
        print("".join("#" if cell else "." for cell in row))
    print("-" * 6)
    neighbours = F.conv2d(world[None, None], kernel, padding=1)[0, 0]
    world = ((neighbours == 3) | ((world == 1) & (neighbours == 2))).float()
print(world.sum())
