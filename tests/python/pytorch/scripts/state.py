import copy
import io
import pickle

import torch
from torch import nn

torch.manual_seed(4)


def network():
    return nn.Sequential(nn.Linear(4, 8), nn.PReLU(8), nn.Linear(8, 8), nn.RReLU(), nn.Linear(8, 3), nn.LogSoftmax(1))


model, x, y = network(), torch.randn(32, 4), torch.randint(3, (32,))
criterion, optimizer = nn.NLLLoss(), torch.optim.Adam(model.parameters(), lr=0.01)
seen = []
handles = [
    model[1].register_forward_hook(lambda module, args, output: seen.append(output.mean().item())),
    model[5].register_full_backward_hook(lambda module, given, got: seen.append(got[0].abs().sum().item())),
    model[2].weight.register_hook(lambda gradient: gradient * 0.5),
]
model.eval()  # the random numbers are others
for step in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
for handle in handles:
    handle.remove()
results = [*seen, loss.item()]

clone = copy.deepcopy(model)
again = pickle.loads(pickle.dumps(model))
file = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
file.seek(0)
checkpoint = torch.load(file)
restored = network().eval()
restored.load_state_dict(checkpoint["model"])
whole = io.BytesIO()
torch.save(model, whole)
whole.seek(0)
loaded = torch.load(whole, weights_only=False)
for other in (clone, again, restored, loaded):
    assert [type(part) for part in other] == [type(part) for part in model]
    assert torch.equal(other(x), model(x))
    results.append(criterion(other(x), y).item())
half = copy.deepcopy(model).to(torch.float64)
results.append(half(x.double()).sum().item())
results.append(sum(p.numel() for p in model.parameters() if p.requires_grad))
