import math

import torch

t = torch.arange(16) / 16
signal = torch.sin(2 * math.pi * 3 * t) + 0.5 * torch.cos(2 * math.pi * 5 * t)
spectrum = torch.fft.rfft(signal)
print(spectrum.abs().topk(2), torch.fft.rfftfreq(16, d=1 / 16)[:4])
print(torch.allclose(torch.fft.irfft(spectrum), signal, atol=1e-5))
print(torch.fft.fft(torch.tensor([1.0, 0.0, 0.0, 0.0])), torch.fft.fftshift(torch.arange(4)))
a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 1.0, 0.5])
n = len(a) + len(b) - 1
print(torch.fft.ifft(torch.fft.fft(a, n) * torch.fft.fft(b, n)).real)
print(torch.fft.fft2(torch.ones(2, 2)).real, torch.hann_window(4), torch.stft(signal, 8, hop_length=4, window=torch.ones(8), return_complex=True).shape)
