#include "experiment/measurement.h"
#include <gtest/gtest.h>
#include <cmath>
#include <numeric>
#include "lossact/lossact.h"
#include "tests/experiment/names.h"

namespace lossact::cli {
namespace {

/// A network of given widths, with weights that are the same at every run.
Network network_of(std::initializer_list<std::size_t> widths, const std::string& activation) {
  const nn::Session session(7);
  Network network;
  for (const std::size_t* w = widths.begin(); w + 1 != widths.end(); ++w) {
    network.linear.emplace_back(w[0], w[1]);
    if (w + 2 != widths.end()) network.activations.push_back(nn::activation_module(activation));
  }
  return network;
}
Part random_part(std::size_t rows, std::size_t columns, std::size_t classes) {
  const nn::Session session(8);
  Part part;
  part.input = nn::randn({rows, columns});
  std::vector<std::int64_t> labels(rows);
  for (std::size_t i = 0; i < rows; ++i) labels[i] = static_cast<std::int64_t>(i % classes);
  part.target = nn::tensor(labels);
  return part;
}

TEST(AsLine, KnowsStraightLinesOfTheRegistry) {
  std::size_t lines = 0;
  for (const std::string_view name : nn::activation_names()) {
    const std::optional<Line> line = as_line(name);
    lines += line.has_value();
    if (line) {
      EXPECT_EQ(find(name)->about.formula, "x");
    }
    // What is odd and convex is concave as well, so straight.
    const Facts facts = find(name)->facts_of_defaults();
    EXPECT_EQ(line.has_value(), facts.odd && facts.convex) << name;
  }
  EXPECT_EQ(lines, 1u);
}

TEST(Measure, WithoutActivationANetworkIsOneMap) {
  const Part part = random_part(50, 6, 3);
  const Network linear = network_of({6, 8, 8, 8, 3}, "identity"), bent = network_of({6, 8, 8, 8, 3}, "tanh");
  EXPECT_LT(measure(linear, part, Meaning::logits, as_line("identity")).linear_difference, 1e-5);
  EXPECT_TRUE(std::isnan(measure(bent, part, Meaning::logits, as_line("tanh")).linear_difference));
  // The same question of a network that is none.
  EXPECT_GT(measure(bent, part, Meaning::logits, as_line("identity")).linear_difference, 1e-3);
}

TEST(Measure, CountsWhatMetTheActivation) {
  const Part part = random_part(5000, 6, 3);  // in two pieces
  const Network network = network_of({6, 8, 4, 3}, "relu");
  const Measurement m = measure(network, part, Meaning::logits, {});
  ASSERT_EQ(m.layers.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const LayerFigures& layer = m.layers[i];
    EXPECT_EQ(layer.units, i == 0 ? 8u : 4u);
    EXPECT_EQ(layer.met, 5000 * layer.units);
    const Histogram& h = layer.preactivations;
    EXPECT_EQ(std::accumulate(h.counts.begin(), h.counts.end(), h.below + h.above), layer.met);
    // What relu lets no gradient through is what met it below zero.
    EXPECT_EQ(std::accumulate(h.counts.begin(), h.counts.begin() + 32, h.below), layer.flat);
  }
  const nn::NoGrad guard;
  const nn::Tensor first = nn::linear(part.input, network.linear[0].weight, network.linear[0].bias);
  EXPECT_NEAR(m.layers[0].sum / static_cast<double>(m.layers[0].met), first.mean().item(), 1e-5);
}

TEST(Measure, DeadIsWhatNoRowMoves) {
  const Part part = random_part(300, 4, 2);
  Network network = network_of({4, 10, 2}, "relu");
  for (std::size_t unit = 0; unit < 3; ++unit) network.linear[0].bias.data<float>()[unit] = -1000;
  const Measurement m = measure(network, part, Meaning::logits, {});
  EXPECT_EQ(m.layers[0].dead, 3u);
  EXPECT_EQ(m.layers[0].preactivations.below, 900u);
}

TEST(Measure, ConfusionAndProbabilitiesAreOfEachRow) {
  const Part part = random_part(200, 4, 3);
  const Network network = network_of({4, 8, 3}, "tanh");
  const nn::Tensor output = [&] {
    const nn::NoGrad guard;
    return network(part.input);
  }();
  for (const Meaning meaning : {Meaning::logits, Meaning::values}) {
    const Measurement m = measure(network, part, meaning, {});
    std::vector<std::uint64_t> confusion(9);
    double brier = 0, log_loss = 0, confidence = 0;
    for (std::size_t row = 0; row < 200; ++row) {
      double p[3], sum = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const double y = output[row][c].item();
        sum += p[c] = meaning == Meaning::values ? std::clamp(y, 0.0, 1.0) : std::exp(y);
      }
      std::size_t label = row % 3, predicted = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        if (meaning == Meaning::logits) p[c] /= sum;
        if (output[row][c].item() > output[row][predicted].item()) predicted = c;
        brier += (p[c] - (c == label)) * (p[c] - (c == label));
      }
      log_loss -= std::log(std::max(p[label], 1e-6)), confidence += p[predicted];
      ++confusion[label * 3 + predicted];
    }
    EXPECT_EQ(m.confusion, confusion);
    EXPECT_EQ(m.probabilities.rows, 200u);
    EXPECT_NEAR(m.probabilities.brier, brier, 1e-4);
    EXPECT_NEAR(m.probabilities.log_loss, log_loss, 1e-3);
    std::uint64_t count = 0, right = 0;
    double sum = 0;
    for (std::size_t b = 0; b < 10; ++b) {
      const auto& bin = m.probabilities.bins[b];
      count += bin.count, right += bin.right, sum += bin.confidence;
      if (bin.count > 0) {
        EXPECT_GE(bin.confidence / static_cast<double>(bin.count), 0.1 * static_cast<double>(b) - 1e-6);
        EXPECT_LE(bin.confidence / static_cast<double>(bin.count), 0.1 * static_cast<double>(b + 1) + 1e-6);
      }
    }
    EXPECT_EQ(count, 200u);
    EXPECT_EQ(right, confusion[0] + confusion[4] + confusion[8]);
    EXPECT_NEAR(sum, confidence, 1e-4);
  }
}

TEST(Measure, CalibrationErrorIsWeightedByRows) {
  ProbabilityFigures figures;
  figures.rows = 10;
  figures.bins[9] = {.count = 8, .right = 6, .confidence = 7.6};
  figures.bins[5] = {.count = 2, .right = 2, .confidence = 1.1};
  EXPECT_NEAR(figures.calibration_error(), 0.8 * 0.2 + 0.2 * 0.45, 1e-12);
}

TEST(Measure, OfTwoSeedsIsTheSum) {
  const Part part = random_part(100, 4, 3);
  const Measurement a = measure(network_of({4, 8, 3}, "sigmoid"), part, Meaning::logits, {});
  Measurement sum;
  sum += a, sum += a;
  EXPECT_EQ(sum.layers[0].met, 2 * a.layers[0].met);
  EXPECT_EQ(sum.confusion[4], 2 * a.confusion[4]);
  EXPECT_NEAR(sum.probabilities.calibration_error(), a.probabilities.calibration_error(), 1e-12);
}

TEST(Path, LeadsThroughOneRowOfEachOfTwoClasses) {
  const Part part = random_part(40, 4, 3);
  const Path path = path_through(part);
  EXPECT_EQ(part.target.data<std::int64_t>()[path.from], 0);
  EXPECT_EQ(part.target.data<std::int64_t>()[path.to], 1);
  EXPECT_EQ(path.output, 1u);
  const Network network = network_of({4, 8, 3}, "tanh");
  const std::vector<double> along_it = along(network, part, path);
  ASSERT_EQ(along_it.size(), Path::places);
  const nn::NoGrad guard;
  const nn::Tensor output = network(part.input);
  // A third of the way is the first row, two thirds the second.
  EXPECT_NEAR((along_it[21] * 2 + along_it[22]) / 3, output[path.from][1].item(), 0.05);
  EXPECT_NEAR((along_it[42] + along_it[43] * 2) / 3, output[path.to][1].item(), 0.05);
}

TEST(Gradients, AreTheNormsThatBackwardLeft) {
  const Part part = random_part(10, 4, 3);
  const Network network = network_of({4, 8, 3}, "tanh");
  network(part.input).sum().backward();
  const std::vector<double> norms = gradient_norms(network);
  ASSERT_EQ(norms.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    double sum = 0;
    for (const float g : network.linear[i].weight.grad().data<float>()) sum += double{g} * g;
    EXPECT_NEAR(norms[i] * norms[i], sum, 1e-9 * sum);
    EXPECT_GT(sum, 0);
  }
}

}  // namespace
}  // namespace lossact::cli
