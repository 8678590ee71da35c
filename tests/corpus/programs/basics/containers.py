import torch

names = ["weight", "bias"]
names.append("scale")
names.insert(0, "input")
names.extend(["a", "b"])
print(names, names.index("bias"), names[-2:], names[::-1])
names.remove("a")
print(names.pop(), len(names), names.count("bias"))
sizes = {"hidden": 16, "out": 2}
sizes["in"] = 4
sizes.update(batch=8)
print(sizes.get("missing", 0), list(sizes), list(sizes.values()))
for key, value in sizes.items():
    print(key, "->", value)
print(sizes.pop("batch"), "batch" in sizes, sizes.setdefault("depth", 3))
del sizes["depth"]
shapes = set([(2, 3), (2, 3), (4,)])
print(len(shapes), (4,) in shapes, {1, 2} | {3}, {1, 2, 3} & {2, 5}, {1, 2} - {2})
point = (1, 2, 3)
print(point + (4,), point * 2, point[1:], point.count(1))
print(sorted(sizes, key=lambda k: sizes[k], reverse=True))
