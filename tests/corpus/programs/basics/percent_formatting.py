import torch

loss = torch.tensor(0.25)
print("loss %f" % loss)
print("epoch %d, loss %.3f, %s" % (2, loss.item(), "done"))
print("%5.1f%% of %05d" % (12.345, 42))
print("%(name)s=%(value)g" % {"name": "lr", "value": 0.01})
print("%-8s|%8s|%x|%r" % ("left", "right", 255, "q"))
print("shape %s" % (tuple(loss.shape),))
"%s and %s" % ("a", torch.Size([2]))
