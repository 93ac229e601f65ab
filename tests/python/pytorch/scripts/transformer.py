import math

import torch
import torch.nn as nn
from torch.nn import functional as F
from torch.nn.modules.activation import Softmax

torch.manual_seed(3)


class Classifier(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.1, activation=activation, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.query = nn.Parameter(torch.randn(16))
        self.softmax = Softmax(dim=-1)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        h = self.encoder(self.embedding(x) * math.sqrt(16))
        attention = self.softmax(h @ self.query / 4)
        return self.head((attention.unsqueeze(-1) * h).sum(1))


x, y = torch.randint(20, (16, 6)), torch.randint(4, (16,))
results = []
for activation in (F.relu, nn.LeakyReLU(0.01), "gelu", F.mish):
    model = Classifier(activation)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(5):
        loss = F.cross_entropy(model(x), y, label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        results.append(loss.item())
    model.eval()
    with torch.no_grad():
        results.append(model(x).sum().item())
