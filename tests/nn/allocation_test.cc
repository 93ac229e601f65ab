// After its first step a training allocates nothing: every operator new is counted here.
#include <gtest/gtest.h>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include "lossact/nn/nn.h"

namespace {
std::atomic<std::size_t> allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* block = alignment > alignof(std::max_align_t)
                    ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                    : std::malloc(size ? size : 1);
  if (!block) throw std::bad_alloc();
  return block;
}
}  // namespace

void* operator new(std::size_t size) { return counted(size, 0); }
void* operator new[](std::size_t size) { return counted(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }

namespace lossact::nn {
namespace {

/// The program's default network on batches of 32.
template <class MakeOptimizer>
void expect_no_allocation(const std::shared_ptr<Module>& activation, const Loss& loss, MakeOptimizer make) {
  Session session(1);
  Sequential net;
  for (int layer = 0; layer < 4; ++layer) net.add(Linear(64, 64)).add(activation);
  net.add(Linear(64, 10));
  if (const auto last = output_module(loss.input())) net.add(last);
  const auto optimizer = make(net.parameters());
  const Tensor classes = randint(0, 10, {128});
  DataLoader loader(randn({128, 64}), loss.takes_classes() ? classes : one_hot(classes, 10),
                    {.batch_size = 32, .shuffle = true});
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::size_t step = 0;
    for (const auto& [input, target] : loader) {
      const std::size_t before = allocations;
      optimizer->zero_grad();
      loss(net(input), target).backward();
      optimizer->step();
      const std::size_t made = allocations - before;
      if (epoch > 0 || step > 0) {
        EXPECT_EQ(made, 0u) << "epoch " << epoch << ", step " << step;
      }
      ++step;
    }
  }
}

TEST(Allocation, IsOverAfterTheFirstStep) {
  const auto adam = [](std::vector<Tensor> parameters) { return std::make_unique<Adam>(std::move(parameters)); };
  for (const std::string_view name : activation_names()) {
    SCOPED_TRACE(name);
    expect_no_allocation(activation_module(name), loss("cross_entropy"), adam);
  }
  for (const std::string_view name : loss_names()) {
    SCOPED_TRACE(name);
    expect_no_allocation(activation_module(activation_names()[0]), loss(name), adam);
  }
  expect_no_allocation(activation_module(activation_names()[0]), loss(loss_names()[0]), [](auto parameters) {
    return std::make_unique<SGD>(std::move(parameters), SGDOptions{.momentum = 0.9});
  });
}

TEST(Allocation, IsCounted) {
  const std::size_t before = allocations;
  const auto number = std::make_unique<int>(1);
  EXPECT_EQ(allocations - before, 1u);
}

}  // namespace
}  // namespace lossact::nn
