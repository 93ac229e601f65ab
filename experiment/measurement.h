// What a trained network is like inside, measured on rows that it was not trained with.
#ifndef LOSSACT_EXPERIMENT_MEASUREMENT_H_
#define LOSSACT_EXPERIMENT_MEASUREMENT_H_
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>
#include "experiment/training_data.h"
#include "lossact/nn/nn.h"

namespace lossact::cli {

/// Counts in bins of equal width over [low, high], and what lies outside.
struct Histogram {
  static constexpr double low = -8, high = 8;
  std::array<std::uint64_t, 64> counts{};
  std::uint64_t below = 0, above = 0;

  void add(double x);
  Histogram& operator+=(const Histogram& other);
};

/// A hidden layer. Sums over units and rows, so that those of several seeds can be added.
struct LayerFigures {
  std::size_t units = 0, dead = 0;  // dead: the activation's slope is next to nothing on every row
  std::uint64_t met = 0, flat = 0;  // units times rows; how many of these have such a slope
  double sum = 0, squares = 0;      // of the pre-activations
  Histogram preactivations = {};

  LayerFigures& operator+=(const LayerFigures& other);
};

/// How good a classifier's probabilities are. Sums over rows.
struct ProbabilityFigures {
  struct Bin {
    std::uint64_t count = 0, right = 0;
    double confidence = 0;
  };
  std::uint64_t rows = 0;
  double brier = 0, log_loss = 0;
  std::array<Bin, 10> bins{};  // by confidence, of equal width

  /// Mean absolute difference of confidence and accuracy over the bins, weighted by their rows.
  double calibration_error() const;
  ProbabilityFigures& operator+=(const ProbabilityFigures& other);
};

struct Measurement {
  std::vector<LayerFigures> layers;
  std::vector<std::uint64_t> confusion;  // [true * classes + predicted]; empty for a regression
  ProbabilityFigures probabilities;
  double linear_difference = nan;  // see measure

  Measurement& operator+=(const Measurement& other);
};

/// a x + b.
struct Line {
  double slope, offset;
};
/// The activation of a name as a straight line, if it is one: a network with it is one linear map.
std::optional<Line> as_line(std::string_view activation);

/// Linear layers with the same activation between them.
struct Network {
  std::vector<nn::Linear> linear;
  std::vector<std::shared_ptr<nn::Module>> activations;  // behind each but the last

  nn::Tensor operator()(const nn::Tensor& input) const;
  void train(bool on) const;
  std::vector<nn::Tensor> parameters() const;
};

/// All figures of a network on a part of the data. A loss that takes the outputs for `meaning` is what it was trained
/// with; `line` is the activation, where it is one: then linear_difference is the largest difference between the
/// network and the one matrix that its weights multiply to, relative to the largest output.
Measurement measure(const Network& network, const Part& part, Meaning meaning, const std::optional<Line>& line);

/// A straight line through the data: from a training row of the first class to one of the second, or from the smallest
/// target to the largest.
struct Path {
  static constexpr double first = -1, last = 2;  // 0 is the one row, 1 the other
  static constexpr std::size_t places = 65;
  std::size_t from = 0, to = 0;  // rows of the training part
  std::size_t output = 0;        // of the network
};
Path path_through(const Part& train);
/// The network's output along it, at evenly spaced places.
std::vector<double> along(const Network& network, const Part& train, const Path& path);

/// The norm of what backward() left in the weights of each layer.
std::vector<double> gradient_norms(const Network& network);

}  // namespace lossact::cli
#endif
