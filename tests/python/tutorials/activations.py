import torch
import torch.nn.functional as AF

input = torch.randn(size=(8, 16))
linear = torch.nn.Linear(in_features=16, out_features=5)
output = linear(input)
print(output.size())

print(AF.sigmoid(output).size())
print(AF.relu(output).size())
print(AF.leaky_relu(output).size())
print(AF.mish(output).size())
