f = lambda d: d["missing"]
print("start")
f({})
