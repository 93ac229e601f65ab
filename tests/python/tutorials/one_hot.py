import random

import torch
import torch.nn as nn

input = torch.randn(10)
print(input)
target = torch.zeros(10)
target[random.randrange(10)] = 1
print(target)

loss = nn.MSELoss()
output = loss(input, target)
print(output)

result = (input - target) ** 2
print(result)
output = sum(result) / len(result)
print(output)
