import torch
import torch.nn as nn
from torch.nn.parameter import Parameter
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.manual_seed(2)


class Tagger(nn.Module):
    def __init__(self, words, tags):
        super().__init__()
        self.embedding = nn.Embedding(words, 6, padding_idx=0)
        self.lstm = nn.LSTM(6, 8, batch_first=True, bidirectional=True)
        self.scale = Parameter(torch.ones(16))
        self.head = nn.Sequential(nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, tags))

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.embedding(x), lengths, batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.head(output * self.scale)


sequences = [torch.randint(1, 10, (length,)) for length in (7, 5, 3, 6)]
x = pad_sequence(sequences, batch_first=True)
y = pad_sequence([s % 3 for s in sequences], batch_first=True, padding_value=-100)
model = Tagger(10, 3)
assert len(list(model.parameters())) == 14
criterion = nn.CrossEntropyLoss(ignore_index=-100)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
results = []
for epoch in range(15):
    logits = model(x, [len(s) for s in sequences])
    loss = criterion(logits.view(-1, 3), y.view(-1))
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), 0.5)
    optimizer.step()
    results.append(loss.item())
results.append(model.scale.sum().item())
