import torch
import torch.nn.functional as F

torch.manual_seed(0)
image = torch.arange(27.0).reshape(3, 3, 3)
print(image.flip(-1)[0], image.permute(1, 2, 0).shape, image.rot90(1, (1, 2))[0])
grey = (image * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)).sum(0)
print(grey)
theta = torch.tensor([[[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
grid = F.affine_grid(theta, (1, 3, 3, 3), align_corners=True)
print(torch.allclose(F.grid_sample(image[None], grid, align_corners=True)[0], image.flip(-1), atol=1e-4))
top, left = torch.randint(0, 2, (2,)).tolist()
print(image[:, top : top + 2, left : left + 2].shape)
mean, std = image.mean(dim=(1, 2), keepdim=True), image.std(dim=(1, 2), keepdim=True)
print(((image - mean) / std).mean().abs() < 1e-5)
