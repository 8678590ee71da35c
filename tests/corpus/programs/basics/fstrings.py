import torch

epoch, loss, acc = 3, 0.123456, 0.987
name = "weight"
t = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(f"epoch {epoch:3d} | loss {loss:.4f} | acc {acc:6.2%}")
print(f"{name!r} {name:>10} {name:<10}| {name:^10} {name:*^12}")
print(f"{epoch:03d} {1234567:,} {255:x} {255:#b} {loss:e} {loss:+.2f}")
print(f"{t} {t.shape} {t.mean():.3f} {t[0, 0].item():.1f}")
width, precision = 10, 3
print(f"{loss:{width}.{precision}f}|{name:>{width}}|")
print(f"{epoch=} {epoch + 1 = } {loss=:.2f}")
print(f"{{braces}} {'nested ' + f'{epoch}'} {t.sum().item()}")
print(f"mean {t.mean().item():.2f}, std {t.std().item():.2f}" f", max {t.max()}")
print(f"{[i for i in range(3)]} { {'a': 1}['a'] } {(lambda v: v + 1)(2)}")
