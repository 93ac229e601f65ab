import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.activation = nn.LeakyReLU(0.1, inplace=True)
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(4 * 16, 24), nn.ELU(), nn.Dropout(0.2), nn.PReLU())
        self.last = nn.Linear(24, 3)

    def forward(self, x):
        x = F.max_pool2d(self.activation(self.norm(self.conv(x))), 2)
        return F.log_softmax(self.last(self.features(x)), dim=1)


def init_weights(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        nn.init.zeros_(m.bias)


x = torch.randn(96, 1, 8, 8)
y = (x.mean((1, 2, 3)) * 20).long().clamp(-1, 1) + 1
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = Net()
model.apply(init_weights)
criterion = nn.NLLLoss(weight=torch.tensor([1.0, 0.5, 1.0]))
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
results = []
for epoch in range(4):
    model.train()
    for data, target in loader:
        optimizer.zero_grad()
        loss = criterion(model(data), target)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        output = model(x)
        results.append(F.nll_loss(output, y, reduction="sum").item())
results += F.softmax(output[0], dim=0).tolist()
