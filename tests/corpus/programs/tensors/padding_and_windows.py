import torch
import torch.nn.functional as F

x = torch.arange(6.0).reshape(1, 1, 2, 3)
print(F.pad(x, (1, 1, 0, 1)), F.pad(x, (1, 1, 1, 1), mode="reflect"), F.pad(x, (2, 0), value=9.0))
print(F.unfold(x, kernel_size=2), F.fold(torch.ones(1, 4, 2), output_size=(2, 3), kernel_size=2))
print(F.max_pool2d(x, 2), F.avg_pool2d(x, 2, stride=1), F.adaptive_avg_pool2d(x, 1))
print(F.interpolate(x, scale_factor=2, mode="nearest"), F.interpolate(x, size=(2, 2), mode="bilinear", align_corners=True))
print(F.one_hot(torch.tensor([0, 2]), num_classes=3), F.normalize(torch.tensor([[3.0, 4.0]])), F.pixel_shuffle(torch.arange(4.0).reshape(1, 4, 1, 1), 2))
print(torch.triu(torch.ones(3, 3), 1), torch.tril_indices(2, 2), torch.nn.utils.rnn.pad_sequence([torch.ones(1), torch.ones(3)], batch_first=True))
