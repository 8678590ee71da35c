import torch

x = torch.arange(12).reshape(3, 4)
for name, t in [("x", x), ("x.t()", x.t()), ("x[:, 1]", x[:, 1]), ("x[::2]", x[::2]), ("x.expand", x[0].expand(3, 4))]:
    print(f"{name:10} shape={tuple(t.shape)} stride={t.stride()} offset={t.storage_offset()} {t.is_contiguous()}")
print(torch.as_strided(x, (2, 2), (1, 1)), x.unfold(1, 2, 1)[0], x.diagonal(), x[0].unfold(0, 3, 1))
windows = torch.arange(5.0).unfold(0, 3, 1)
print(windows.mean(dim=1), torch.diag(torch.tensor([1, 2])), torch.diag_embed(torch.ones(2)), x.narrow(1, 1, 2))
nchw = torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last)
print(nchw.stride(), nchw.is_contiguous(memory_format=torch.channels_last))
