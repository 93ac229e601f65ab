#include "experiment/measurement.h"
#include <algorithm>
#include <cmath>

namespace lossact::cli {
namespace {

constexpr double flat_slope = 1e-3;
constexpr std::size_t rows_at_once = 4096;
constexpr double least_probability = 1e-6;  // that log_loss counts with: a probability of 0 would hide all others

double squared(double x) { return x * x; }

/// f and f' of each element.
struct ValueAndSlope {
  nn::Tensor value, slope;
};
ValueAndSlope with_slope(nn::Module& activation, const nn::Tensor& input) {
  const nn::Tensor leaf = input.detach().requires_grad_();
  const nn::Tensor value = activation(leaf);
  value.backward(nn::ones(value.shape()));
  return {.value = value.detach(), .slope = leaf.grad()};
}

void add_layer(LayerFigures& figures, std::vector<char>& alive, const nn::Tensor& input, const nn::Tensor& slope) {
  const std::span<const float> z = input.data<float>(), s = slope.data<float>();
  for (std::size_t i = 0; i < z.size(); ++i) {
    const bool flat = !(std::abs(s[i]) >= flat_slope);
    figures.flat += flat;
    if (!flat) alive[i % alive.size()] = 1;
    figures.sum += z[i], figures.squares += squared(z[i]);
    figures.preactivations.add(z[i]);
  }
  figures.met += z.size();
}

void add_outputs(Measurement& m, const nn::Tensor& output, const nn::Tensor& probabilities, const nn::Tensor& target) {
  const std::size_t classes = output.size(1);
  const std::span<const float> all = probabilities.data<float>(), outputs = output.data<float>();
  const std::span<const std::int64_t> labels = target.data<std::int64_t>();
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto label = static_cast<std::size_t>(labels[row]);
    const std::span<const float> y = outputs.subspan(row * classes, classes), p = all.subspan(row * classes, classes);
    const auto predicted = static_cast<std::size_t>(std::ranges::max_element(y) - y.begin());
    ++m.confusion[label * classes + predicted];
    ProbabilityFigures& figures = m.probabilities;
    ++figures.rows;
    for (std::size_t c = 0; c < classes; ++c) figures.brier += squared(double{p[c]} - (c == label));
    figures.log_loss -= std::log(std::max<double>(p[label], least_probability));
    const double confidence = p[predicted];
    const auto last = figures.bins.size() - 1;
    auto& bin = figures.bins[std::min(last, static_cast<std::size_t>(confidence * static_cast<double>(last + 1)))];
    ++bin.count, bin.right += predicted == label, bin.confidence += confidence;
  }
}

nn::Tensor cut_to_unit(const nn::Tensor& output) {
  const nn::Tensor cut = output.clone();
  for (float& p : cut.data<float>()) p = std::clamp(p, 0.0f, 1.0f);
  return cut;
}

/// A matrix and a vector in double: what layers of straight lines come to.
class OneMap {
 public:
  explicit OneMap(std::size_t inputs) : inputs_(inputs), rows_(inputs), matrix_(inputs * inputs), offset_(inputs) {
    for (std::size_t i = 0; i < inputs; ++i) matrix_[i * inputs + i] = 1;
  }
  void then(const nn::Linear& layer) {
    const std::size_t out = layer.weight.size(0);
    const std::span<const float> w = layer.weight.data<float>(), b = layer.bias.data<float>();
    std::vector<double> matrix(out * inputs_), offset(b.begin(), b.end());
    for (std::size_t o = 0; o < out; ++o)
      for (std::size_t k = 0; k < rows_; ++k) {
        const double weight = w[o * rows_ + k];
        offset[o] += weight * offset_[k];
        for (std::size_t i = 0; i < inputs_; ++i) matrix[o * inputs_ + i] += weight * matrix_[k * inputs_ + i];
      }
    rows_ = out, matrix_ = std::move(matrix), offset_ = std::move(offset);
  }
  void then(const Line& line) {
    for (double& x : matrix_) x *= line.slope;
    for (double& x : offset_) x = line.slope * x + line.offset;
  }
  double output(std::size_t row, std::span<const float> input) const {
    double sum = offset_[row];
    for (std::size_t i = 0; i < inputs_; ++i) sum += matrix_[row * inputs_ + i] * input[i];
    return sum;
  }

 private:
  std::size_t inputs_, rows_;
  std::vector<double> matrix_, offset_;
};

double difference_to_one_map(const Network& network, const nn::Tensor& input, const Line& line) {
  constexpr std::size_t most_rows = 256;
  const nn::Tensor some = input.slice(0, std::min(most_rows, input.size(0)));
  const nn::Tensor output = network(some);
  OneMap map(input.size(1));
  for (std::size_t i = 0; i < network.linear.size(); ++i) {
    map.then(network.linear[i]);
    if (i + 1 < network.linear.size()) map.then(line);
  }
  double difference = 0, largest = 0;
  const std::size_t outputs = output.size(1);
  for (std::size_t row = 0; row < some.size(0); ++row)
    for (std::size_t o = 0; o < outputs; ++o) {
      const double y = output.data<float>()[row * outputs + o];
      const double one = map.output(o, some.data<float>().subspan(row * input.size(1), input.size(1)));
      difference = std::max(difference, std::abs(y - one)), largest = std::max(largest, std::abs(y));
    }
  return largest > 0 ? difference / largest : difference;
}

}  // namespace

void Histogram::add(double x) {
  const double place = (x - low) / (high - low) * static_cast<double>(counts.size());
  if (place < 0) ++below;
  else if (!(place < static_cast<double>(counts.size()))) ++above;
  else ++counts[static_cast<std::size_t>(place)];
}
Histogram& Histogram::operator+=(const Histogram& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  below += other.below, above += other.above;
  return *this;
}
LayerFigures& LayerFigures::operator+=(const LayerFigures& other) {
  units += other.units, dead += other.dead, met += other.met, flat += other.flat;
  sum += other.sum, squares += other.squares, preactivations += other.preactivations;
  return *this;
}
double ProbabilityFigures::calibration_error() const {
  double sum = 0;
  for (const Bin& bin : bins) sum += std::abs(bin.confidence - static_cast<double>(bin.right));
  return sum / static_cast<double>(rows);
}
ProbabilityFigures& ProbabilityFigures::operator+=(const ProbabilityFigures& other) {
  rows += other.rows, brier += other.brier, log_loss += other.log_loss;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    bins[i].count += other.bins[i].count, bins[i].right += other.bins[i].right;
    bins[i].confidence += other.bins[i].confidence;
  }
  return *this;
}
Measurement& Measurement::operator+=(const Measurement& other) {
  layers.resize(other.layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i] += other.layers[i];
  confusion.resize(other.confusion.size());
  for (std::size_t i = 0; i < confusion.size(); ++i) confusion[i] += other.confusion[i];
  probabilities += other.probabilities;
  if (!(linear_difference >= other.linear_difference)) linear_difference = other.linear_difference;
  return *this;
}

std::optional<Line> as_line(std::string_view activation) {
  const std::shared_ptr<nn::Module> f = nn::activation_module(activation);
  if (!f->parameters().empty()) return {};  // it may bend while it is trained
  f->eval();
  const nn::NoGrad guard;
  const nn::Tensor x = nn::linspace(-8, 8, 129), y = (*f)(x);
  const auto at = [](const nn::Tensor& t, std::size_t i) { return double{t.data<float>()[i]}; };
  const Line line{.slope = (at(y, 128) - at(y, 0)) / 16, .offset = at(y, 64)};
  for (std::size_t i = 0; i < 129; ++i)
    if (!(std::abs(line.slope * at(x, i) + line.offset - at(y, i)) <= 1e-5)) return {};
  return line;
}

nn::Tensor Network::operator()(const nn::Tensor& input) const {
  nn::Tensor x = input;
  for (std::size_t i = 0; i < linear.size(); ++i) {
    x = nn::linear(x, linear[i].weight, linear[i].bias);
    if (i < activations.size()) x = (*activations[i])(x);
  }
  return x;
}
void Network::train(bool on) const {
  for (const auto& activation : activations) activation->train(on);
}
std::vector<nn::Tensor> Network::parameters() const {
  std::vector<nn::Tensor> all;
  for (std::size_t i = 0; i < linear.size(); ++i) {
    all.push_back(linear[i].weight), all.push_back(linear[i].bias);
    if (i < activations.size())
      for (const nn::Tensor& parameter : activations[i]->parameters()) all.push_back(parameter);
  }
  return all;
}

Measurement measure(const Network& network, const Part& part, Meaning meaning, const std::optional<Line>& line) {
  network.train(false);
  Measurement m;
  const bool classes = part.target.dtype() == nn::int64;
  const std::shared_ptr<nn::Module> head =
      meaning == Meaning::values ? nullptr : nn::output_module(Meaning::probabilities);
  std::vector<std::vector<char>> alive;
  for (const nn::Linear& layer : network.linear) alive.emplace_back(layer.weight.size(0), 0);
  m.layers.resize(network.activations.size());
  const std::size_t rows = part.input.size(0);
  for (std::size_t from = 0; from < rows; from += rows_at_once) {
    const std::size_t to = std::min(rows, from + rows_at_once);
    nn::Tensor x = part.input.slice(from, to);
    for (std::size_t i = 0; i < network.linear.size(); ++i) {
      x = nn::linear(x, network.linear[i].weight, network.linear[i].bias).detach();
      if (i == network.activations.size()) break;
      const ValueAndSlope y = with_slope(*network.activations[i], x);
      add_layer(m.layers[i], alive[i], x, y.slope);
      x = y.value;
    }
    if (!classes) continue;
    m.confusion.resize(x.size(1) * x.size(1));
    add_outputs(m, x, head ? (*head)(x) : cut_to_unit(x), part.target.slice(from, to));
  }
  for (std::size_t i = 0; i < m.layers.size(); ++i) {
    m.layers[i].units = alive[i].size();
    m.layers[i].dead = static_cast<std::size_t>(std::ranges::count(alive[i], 0));
  }
  const nn::NoGrad guard;
  if (line) m.linear_difference = difference_to_one_map(network, part.input, *line);
  return m;
}

Path path_through(const Part& train) {
  Path path;
  if (train.target.dtype() == nn::int64) {
    const std::span<const std::int64_t> labels = train.target.data<std::int64_t>();
    const auto [low, high] = std::ranges::minmax(labels);
    path.from = static_cast<std::size_t>(std::ranges::find(labels, low) - labels.begin());
    const auto second = std::ranges::find_if(labels, [&](std::int64_t label) { return label == low + 1; });
    path.to =
        static_cast<std::size_t>((second == labels.end() ? std::ranges::find(labels, high) : second) - labels.begin());
    path.output = static_cast<std::size_t>(labels[path.to]);
  } else {
    const std::span<const float> y = train.target.data<float>();
    path.from = static_cast<std::size_t>(std::ranges::min_element(y) - y.begin());
    path.to = static_cast<std::size_t>(std::ranges::max_element(y) - y.begin());
  }
  return path;
}

std::vector<double> along(const Network& network, const Part& train, const Path& path) {
  const nn::NoGrad guard;
  network.train(false);
  const std::size_t columns = train.input.size(1);
  const nn::Tensor points = nn::empty({Path::places, columns});
  const std::span<const float> from = train.input.data<float>().subspan(path.from * columns, columns),
                               to = train.input.data<float>().subspan(path.to * columns, columns);
  for (std::size_t i = 0; i < Path::places; ++i) {
    const double t =
        Path::first + (Path::last - Path::first) * static_cast<double>(i) / static_cast<double>(Path::places - 1);
    for (std::size_t c = 0; c < columns; ++c)
      points.data<float>()[i * columns + c] = static_cast<float>(from[c] + t * (double{to[c]} - from[c]));
  }
  const nn::Tensor output = network(points);
  std::vector<double> values;
  for (std::size_t i = 0; i < Path::places; ++i)
    values.push_back(output.data<float>()[i * output.size(1) + path.output]);
  return values;
}

std::vector<double> gradient_norms(const Network& network) {
  std::vector<double> norms;
  for (const nn::Linear& layer : network.linear) {
    double sum = 0;
    for (const float g : layer.weight.grad().data<float>()) sum += squared(g);
    norms.push_back(std::sqrt(sum));
  }
  return norms;
}

}  // namespace lossact::cli
