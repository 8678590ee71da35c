import torch

# comments and strings hold any character: é, 漢字, 🙂
α = 0.5
größe = torch.tensor([1.0, 2.0])
print("Grüße 🙂", größe * α)
x = torch.ones(2); label = "漢字"; y = größe + x
print(label, y, len("🙂é"))
