import torch; x = torch.ones(2); y = x * 2
total = (
    x.sum()
    + y.sum()
    - 1
)
long = x \
    .add(1) \
    .mul(2)
if True: print(total); print(long)
for i in range(2): print(i, end=" ")
print()
result = torch.cat([
    x,
    y,
], dim=0)
result
