import torch


class MyReLU(torch.autograd.Function):
    """ReLU with its own backward."""

    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, g):
        return g * ctx.factor, None


x = torch.tensor([-1.0, 2.0, 3.0], requires_grad=True)
relu = MyReLU.apply
y = Scale.apply(relu(x), 10)
y.sum().backward()
print(y, x.grad)
