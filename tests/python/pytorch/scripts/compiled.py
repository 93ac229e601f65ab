import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

torch.manual_seed(5)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(6, 12), nn.Mish(), nn.Linear(12, 12), nn.PReLU())
        self.second = nn.Linear(12, 3)

    def forward(self, x):
        h = F.leaky_relu(self.second(checkpoint(self.first, x, use_reentrant=False)), 0.2, inplace=True)
        return F.log_softmax(h, dim=-1)


model = Net()
compiled = torch.compile(model, backend="aot_eager")
x, y = torch.randn(16, 6), torch.randint(3, (16,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
results = []
for step in range(5):
    optimizer.zero_grad()
    loss = nn.NLLLoss()(compiled(x), y)
    loss.backward()
    optimizer.step()
    results.append(loss.item())
model.eval()
traced = torch.jit.trace(model, x)
with torch.no_grad():
    results += [traced(x).sum().item(), compiled(x).sum().item()]
