#include "lossact/nn/index.h"
#include <algorithm>
#include <string>
#include <vector>
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn {
namespace {

using Offsets = std::vector<std::size_t>;

[[noreturn]] void refuse(std::ptrdiff_t at, std::size_t dim, std::size_t size) {
  throw index_error("[index] " + std::to_string(at) + " is outside dimension " + std::to_string(dim) + ", which has " +
                    std::to_string(size) + " elements");
}

std::size_t place(std::ptrdiff_t at, std::size_t dim, std::size_t size) {
  const auto count = static_cast<std::ptrdiff_t>(size);
  if (at < -count || at >= count) refuse(at, dim, size);
  return static_cast<std::size_t>(at < 0 ? at + count : at);
}

/// The positions that a slice of a dimension stands for: first, and how many.
struct Run {
  std::size_t first, count, step;
};
Run run(const Slice& slice, std::size_t size) {
  if (slice.step < 1) throw domain_error("[index] the step is " + std::to_string(slice.step) + ", expected 1 or more");
  const auto count = static_cast<std::ptrdiff_t>(size);
  const auto clamped = [&](std::ptrdiff_t at) {
    return std::clamp(at < 0 ? at + count : at, std::ptrdiff_t{0}, count);
  };
  const std::ptrdiff_t first = clamped(slice.start.value_or(0)), last = clamped(slice.stop.value_or(count));
  const std::ptrdiff_t length = last > first ? (last - first - 1) / slice.step + 1 : 0;
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(length), static_cast<std::size_t>(slice.step)};
}

/// Indices with the ellipsis written out and masks as positions, so that each but NewAxis stands for one dimension.
std::vector<Index> expanded(const Shape& shape, std::span<const Index> indices) {
  std::size_t spoken = 0, ellipses = 0;
  for (const Index& index : indices) {
    if (std::holds_alternative<Ellipsis>(index)) ++ellipses;
    else if (const auto* tensor = std::get_if<Tensor>(&index))
      spoken += tensor->dtype() == DType::boolean ? tensor->dim() : 1;
    else if (!std::holds_alternative<NewAxis>(index)) ++spoken;
  }
  if (ellipses > 1) throw index_error("[index] more than one ellipsis");
  if (spoken > shape.size())
    throw index_error("[index] " + std::to_string(spoken) + " indices for a tensor of " + std::to_string(shape.size()) +
                      " dimensions");
  std::vector<Index> all;
  const auto whole = [&] { all.insert(all.end(), shape.size() - spoken, Slice{}); };
  std::size_t dim = 0;
  for (const Index& index : indices) {
    const auto* mask = std::get_if<Tensor>(&index);
    if (std::holds_alternative<Ellipsis>(index)) {
      whole();
      dim += shape.size() - spoken;
    } else if (mask && mask->dtype() == DType::boolean) {
      if (mask->dim() == 0) throw index_error("[index] a mask has no dimension, expected at least 1");
      for (std::size_t i = 0; i < mask->dim(); ++i)
        if (mask->shape()[i] != shape[dim + i])
          throw shape_error("[index] the mask has shape " + to_string(mask->shape()) + ", the tensor has shape " +
                            to_string(shape));
      const std::span<const bool> on = mask->data<bool>();
      const auto count = static_cast<std::size_t>(std::count(on.begin(), on.end(), true));
      std::size_t inner = mask->numel();
      for (std::size_t i = 0; i < mask->dim(); ++i) {
        const std::size_t size = mask->shape()[i];
        inner = size == 0 ? 0 : inner / size;
        const Tensor positions = empty({count}, {.dtype = DType::int64});
        std::int64_t* to = positions.data<std::int64_t>().data();
        for (std::size_t k = 0; k < on.size(); ++k)
          if (on[k]) *to++ = static_cast<std::int64_t>(k / inner % size);
        all.emplace_back(positions);
      }
      dim += mask->dim();
    } else {
      if (mask && mask->dtype() != DType::int64)
        throw type_error("[index] an index is " + std::string(to_string(mask->dtype())) + ", expected int64 or bool");
      all.push_back(index);
      if (!std::holds_alternative<NewAxis>(index)) ++dim;
    }
  }
  if (ellipses == 0) whole();
  return all;
}

/// The offsets of a part's elements in its tensor.
struct Part {
  Shape shape;
  bool shared = false;  // they are contiguous, from `first` on
  std::size_t first = 0;
  Offsets offsets = {};  // of each element otherwise
};

void append(Shape& shape, std::size_t size) { shape = shape.inserted(shape.size(), size); }

/// Each offset so far, followed by each of the next dimension's.
Offsets combined(const Offsets& outer, const Offsets& inner) {
  Offsets all;
  all.reserve(outer.size() * inner.size());
  for (const std::size_t o : outer)
    for (const std::size_t i : inner) all.push_back(o + i);
  return all;
}

/// What the tensors among the indices stand for: one group of dimensions, at the place of the first, or in front where
/// something else stands between them.
struct Group {
  bool any = false, apart = false;
  Shape shape;
  Offsets offsets = {};
};
Group group_of(const Shape& shape, const std::vector<Index>& all) {
  Group group;
  std::size_t last = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto* tensor = std::get_if<Tensor>(&all[i]);
    if (!tensor) continue;
    group.shape = group.any ? broadcast("index", group.shape, tensor->shape()) : tensor->shape();
    group.apart = group.apart || (group.any && i != last + 1);
    group.any = true;
    last = i;
  }
  if (!group.any) return group;
  group.offsets.assign(group.shape.numel(), 0);
  std::size_t dim = 0, inner = shape.numel();
  for (const Index& index : all) {
    if (std::holds_alternative<NewAxis>(index)) continue;
    inner = shape[dim] == 0 ? 0 : inner / shape[dim];
    if (const auto* tensor = std::get_if<Tensor>(&index)) {
      const Tensor positions = tensor->expand(group.shape);
      const std::span<const std::int64_t> at = positions.data<std::int64_t>();
      for (std::size_t k = 0; k < at.size(); ++k) group.offsets[k] += place(at[k], dim, shape[dim]) * inner;
    }
    ++dim;
  }
  return group;
}

Part part(const Shape& shape, std::span<const Index> indices) {
  const std::vector<Index> all = expanded(shape, indices);
  const Group group = group_of(shape, all);
  Part result;
  result.shared = !group.any;
  bool grouped = !group.any;
  // Each dimension that stays, as offsets; they are written out only where the part lies in pieces.
  std::vector<std::variant<Run, const Offsets*>> kept;
  const auto add_group = [&] {
    for (const std::size_t size : group.shape) append(result.shape, size);
    kept.emplace_back(&group.offsets);
    grouped = true;
  };
  if (group.apart) add_group();
  bool cut = false;  // a dimension of more than one element came before: what is cut now lies in pieces
  std::size_t dim = 0, inner = shape.numel();
  for (const Index& index : all) {
    if (std::holds_alternative<NewAxis>(index)) {
      append(result.shape, 1);
      continue;
    }
    const std::size_t size = shape[dim];
    inner = size == 0 ? 0 : inner / size;
    if (const auto* at = std::get_if<std::ptrdiff_t>(&index)) {
      result.shared = result.shared && !cut;
      result.first += place(*at, dim, size) * inner;
    } else if (const auto* slice = std::get_if<Slice>(&index)) {
      const Run r = run(*slice, size);
      append(result.shape, r.count);
      const bool whole = r.count == size, close = r.step == 1 || r.count <= 1;
      result.shared = result.shared && close && (whole || !cut);
      cut = cut || r.count != 1;
      if (r.count != 0) result.first += r.first * inner;
      kept.emplace_back(Run{0, r.count, r.step * inner});
    } else if (!grouped) {
      add_group();
    }
    ++dim;
  }
  if (result.shape.numel() == 0) result.first = 0;
  if (result.shared) return result;
  result.offsets = {result.first};
  for (const auto& dimension : kept) {
    Offsets next;
    if (const auto* r = std::get_if<Run>(&dimension))
      for (std::size_t k = 0; k < r->count; ++k) next.push_back(k * r->step);
    result.offsets =
        combined(result.offsets, std::holds_alternative<Run>(dimension) ? next : *std::get<const Offsets*>(dimension));
  }
  return result;
}

/// What PyTorch calls the last thing that the indices do.
std::string_view name_of(std::span<const Index> indices) {
  std::string_view name = "slice";
  for (const Index& index : indices) {
    if (std::holds_alternative<Tensor>(index)) return "index";
    if (std::holds_alternative<std::ptrdiff_t>(index)) name = "select";
    if (std::holds_alternative<NewAxis>(index)) name = "unsqueeze";
    if (const auto* slice = std::get_if<Slice>(&index); slice && (slice->start || slice->stop)) name = "slice";
  }
  return name;
}

void for_each_offset(const Part& part, auto f) {
  const std::size_t n = part.shape.numel();
  if (part.shared)
    for (std::size_t i = 0; i < n; ++i) f(i, part.first + i);
  else
    for (std::size_t i = 0; i < n; ++i) f(i, part.offsets[i]);
}

Tensor gathered(const Tensor& input, const Part& part) {
  const Tensor result = empty(part.shape, {.dtype = input.dtype()});
  detail::by_any_type(input.dtype(), [&]<class T>(T) {
    const T* from = input.data<T>().data();
    T* to = result.data<T>().data();
    for_each_offset(part, [&](std::size_t i, std::size_t offset) { to[i] = from[offset]; });
  });
  return result;
}

/// `value` repeated to the part's shape. A leading 1 more than the part has is let go, as in PyTorch.
Tensor spread(const Tensor& input, const Part& part, Tensor value) {
  detail::same_type("index_put", "value", value, input);
  while (value.dim() > part.shape.size() && value.shape()[0] == 1) value = value.reshape(value.shape().without(0));
  if (!(broadcast("index_put", value.shape(), part.shape) == part.shape))
    throw shape_error("[index_put] value has shape " + to_string(value.shape()) + ", expected " +
                      to_string(part.shape));
  return value.shape() == part.shape ? value : value.expand(part.shape);
}

void scatter(const Tensor& into, const Part& part, const Tensor& value) {
  detail::by_any_type(into.dtype(), [&]<class T>(T) {
    const T* from = value.data<T>().data();
    T* to = into.data<T>().data();
    for_each_offset(part, [&](std::size_t i, std::size_t offset) { to[offset] = from[i]; });
  });
}

}  // namespace

Tensor index(const Tensor& input, std::span<const Index> indices) {
  Part where = part(input.shape(), indices);
  Tensor result = where.shared ? detail::view(input, where.shape, where.first) : gathered(input, where);
  const auto backward = [where = std::move(where)](const auto& inputs, const Tensor& grad_output) {
    const auto [into, fresh] = detail::gradient_place(inputs[0]);
    if (fresh) into.fill_(0);
    detail::by_type("backward", grad_output, [&, to = into]<class T>(T) {
      const T* g = grad_output.data<T>().data();
      T* sums = to.template data<T>().data();
      for_each_offset(where, [&](std::size_t i, std::size_t offset) { sums[offset] += g[i]; });
    });
  };
  detail::record({name_of(indices), false}, result, backward, input);
  return result;
}

void index_put_(const Tensor& input, std::span<const Index> indices, const Tensor& value) {
  const NoGrad guard;
  const Part where = part(input.shape(), indices);
  Tensor values = spread(input, where, value);
  // x[1:] = x[:-1] reads what it writes.
  if (values.state()->storage == input.state()->storage) values = values.clone();
  scatter(input, where, values);
  detail::changed(input);
}

Tensor index_put(const Tensor& input, std::span<const Index> indices, const Tensor& value) {
  Part where = part(input.shape(), indices);
  const Tensor values = spread(input, where, value);
  Tensor result;
  {
    const NoGrad guard;
    result = input.clone();
    scatter(result, where, values);
  }
  const auto backward = [where = std::move(where)](const auto& inputs, const Tensor& grad_output) {
    if (inputs[1].requires_grad()) detail::accumulate(inputs[1], gathered(grad_output, where));
    if (!inputs[0].requires_grad()) return;
    const Tensor kept = grad_output.clone();
    scatter(kept, where, zeros(where.shape, {.dtype = kept.dtype()}));
    detail::accumulate(inputs[0], kept);
  };
  detail::record({name_of(indices) == "index" ? "index_put" : "CopySlices", false}, result, backward, input, values);
  return result;
}

}  // namespace lossact::nn
