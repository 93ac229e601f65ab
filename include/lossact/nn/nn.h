// The training layer: tensors with gradients, modules made of the library's functions, optimisers, batches.
//
//   nn::manual_seed(1);
//   nn::Sequential net{nn::Linear(64, 64), lossact::mish, nn::Linear(64, 10)};
//   nn::Adam adam(net.parameters(), {.lr = 1e-3});
//   nn::DataLoader loader(images, labels, {.batch_size = 32, .shuffle = true});
//   for (const auto& [input, target] : loader) {
//     adam.zero_grad();
//     lossact::cross_entropy(net(input), target).backward();
//     adam.step();
//   }
#ifndef LOSSACT_NN_NN_H_
#define LOSSACT_NN_NN_H_
#include "lossact/lossact.h"
#include "lossact/nn/blas.h"
#include "lossact/nn/by_name.h"
#include "lossact/nn/data.h"
#include "lossact/nn/functions.h"
#include "lossact/nn/index.h"
#include "lossact/nn/init.h"
#include "lossact/nn/loss.h"
#include "lossact/nn/module.h"
#include "lossact/nn/optim.h"
#include "lossact/nn/random.h"
#include "lossact/nn/safetensors.h"
#include "lossact/nn/shape.h"
#include "lossact/nn/tensor.h"
#endif
