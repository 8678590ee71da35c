import torch

x = torch.tensor([1, 2, 3])
print(x.dtype, x.float().dtype, x.double(), x.to(torch.float16), x.type(torch.uint8), x.bool(), x.long())
print((x + 0.5).dtype, (x / 2).dtype, (x // 2), (x * True).dtype, torch.result_type(x, 1.5))
print(torch.finfo(torch.float32).eps, torch.finfo(torch.float16).max, torch.iinfo(torch.int8).max)
print(torch.promote_types(torch.int8, torch.float16), torch.can_cast(torch.float32, torch.int32))
print(torch.tensor([1.7, -1.7]).int(), torch.tensor(3.9).long(), torch.tensor([1e40]).float())
print(x.is_floating_point(), torch.is_complex(torch.tensor(1j)), x.element_size(), x.type())
print(torch.get_default_dtype(), torch.tensor(1.0).type_as(torch.zeros(1, dtype=torch.float64)).dtype)
c = torch.tensor([3 + 4j])
print(c.abs(), c.angle(), c.real, c.imag, c.conj(), torch.view_as_real(c), torch.polar(torch.tensor(1.0), torch.tensor(0.0)))
print(torch.FloatTensor([1, 2]), torch.LongTensor([1]), torch.Tensor([1, 2]), torch.BoolTensor([True]))
