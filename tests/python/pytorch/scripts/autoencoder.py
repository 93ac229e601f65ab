import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)


class VariationalAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 16), nn.Mish(), nn.Linear(16, 8), nn.Softplus())
        self.mean, self.log_variance = nn.Linear(8, 2), nn.Linear(8, 2)
        self.decoder = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 20), nn.Sigmoid())

    def forward(self, x):
        h = self.encoder(x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.decoder(z), mean, log_variance


x = torch.rand(64, 20)
model = VariationalAutoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
results = []
for step in range(30):
    output, mean, log_variance = model(x)
    divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    loss = F.mse_loss(output, x, reduction="sum") + nn.MSELoss()(output, x) + divergence
    loss = loss + F.binary_cross_entropy(output, x) + F.kl_div(F.log_softmax(output, -1), F.softmax(x, -1),
                                                               reduction="batchmean")
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    results.append(loss.item())
