// Losses of vectors: sums of terms along the axis, a formula of a row's sums, and gradients from what the formula
// leaves.
#include <vector>
#include "src/cpu/access.h"
#include "src/scratch.h"

namespace lossact::cpu {
namespace {

constexpr std::size_t kRows = detail::kGroup;

/// A row as the passes take it.
struct Vector {
  Array in[kMostArrays];         // of inputs of elements
  double number[kMostArrays];    // of inputs of rows; of a class, the first input at the class
  std::size_t wanted = 0;        // the target class
  bool counts = true;            // false for an ignored class, and one that another thread made invalid
  double weight = 1, scale = 1;  // of its loss, and of its gradients
  double found[kMostArrays];     // what finish left, times the weight and the scale
};

/// The passes of one thread, and its memory.
class Passes {
 public:
  explicit Passes(const Plan& plan) : p_(plan), k_(kernel_of(plan)) {
    for (std::size_t i = 0; i < p_.inputs; ++i)
      if (p_.of[i]->extent == Extent::element && p_.in[i]->type == Type::float64) wide_ = true;
    std::fill_n(here_, kChunk, 0.0);
  }

  /// Adds the terms of elements [first, last), which begin a block, to the sums of their row.
  void add(const Vector& row, std::size_t first, std::size_t last, Sum* sums) {
    numbers_of(row, nullptr);
    for (std::size_t n; first < last; first += n) {
      n = std::min(kChunk, last - first);
      if (const std::size_t whole = n / detail::kGroup * detail::kGroup) {
        void* to[2 * kMostArrays] = {};
        for (std::size_t s = 0; s < k_.sums; ++s) to[k_.sums + s] = sums[s].lanes();
        run(k_.terms[wide_], row, first, n = whole, to);
        for (std::size_t s = 0; s < k_.sums; ++s) sums[s].added(n);
      } else {
        run(k_.terms[wide_], row, first, n, places(k_.sums));
        for (std::size_t s = 0; s < k_.sums; ++s) sums[s].add(out_[s], n);
      }
    }
  }
  /// Writes the gradients in elements [first, last) of row r.
  void write_gradients(const Vector& row, std::size_t r, std::size_t first, std::size_t last) {
    numbers_of(row, row.found);
    for (std::size_t n; first < last; first += n) {
      n = std::min(kChunk, last - first);
      run(k_.vector_slopes[wide_], row, first, n, wanted());
      for (std::size_t g = 0; g < p_.gradients; ++g)
        if (p_.gradient[g]) write(row_of(*p_.gradient[g], r), first, n, out_[g]);
    }
  }

  // Interleaved rows of up to sixteen elements, a row to a lane.
  void add_interleaved(const Vector* rows, std::size_t first, std::size_t live, double (*sums)[kRows]) {
    read_interleaved(rows, first, live, false);
    k_.terms[1](p_.options, 0, kRows * p_.shape[1], in_, nullptr, places(k_.sums));
    for (std::size_t s = 0; s < k_.sums; ++s) fold(out_[s], sums[s]);
  }
  void write_interleaved(const Vector* rows, std::size_t first, std::size_t live) {
    read_interleaved(rows, first, live, true);
    const std::size_t axis = p_.shape[1];
    k_.vector_slopes[1](p_.options, 0, kRows * axis, in_, nullptr, wanted());
    for (std::size_t g = 0; g < p_.gradients; ++g) {
      if (!p_.gradient[g]) continue;
      const Array& a = *p_.gradient[g];
      if (neighbours(a)) {
        stage().to_rows(out_[g], live, axis, kRows, a.type, row_of(a, first).data,
                        static_cast<std::size_t>(a.stride[0]));
        continue;
      }
      alignas(64) double packed[kRows * kRows];
      stage().to_rows(out_[g], live, axis, kRows, a.type, packed, axis);
      for (std::size_t j = 0; j < live; ++j)
        scatter(row_of(a, first + j), 0, axis, reinterpret_cast<char*>(packed) + j * axis * size_of(a.type));
    }
  }

 private:
  /// Fills the groups from which the passes read the numbers of a row: each holds one number sixteen times.
  void numbers_of(const Vector& row, const double* found) {
    for (std::size_t i = 0; i < p_.inputs; ++i)
      if (p_.of[i]->extent != Extent::element) std::fill_n(group_[i], kRows, row.number[i]);
    for (std::size_t k = 0; found && k < k_.found; ++k) std::fill_n(found_[k], kRows, found[k]);
  }
  /// Runs a pass on n elements from `first` on.
  void run(Pass pass, const Vector& row, std::size_t first, std::size_t n, void* const* to) {
    double* here = nullptr;
    std::size_t array = 0;
    for (std::size_t i = 0; i < p_.inputs; ++i) switch (p_.of[i]->extent) {
        case Extent::element:
          in_[array++] = read(row.in[i], first, n, wide_ ? Type::float64 : Type::float32, space_[i]);
          break;
        case Extent::class_index:
          if (row.counts && row.wanted - first < n) here = &here_[row.wanted - first];
          in_[array++] = here_;
          [[fallthrough]];
        default:
          in_[array++] = group_[i];
      }
    for (std::size_t k = 0; k < k_.found; ++k) in_[array++] = found_[k];
    if (here) *here = 1;
    pass(p_.options, first, grouped(n), in_, nullptr, to);
    if (here) *here = 0;
  }
  static bool neighbours(const Array& a) {
    return a.shape[2] == 1 && (a.shape[1] <= 1 || a.stride[1] == 1) && a.stride[0] >= 0;
  }
  void read_interleaved(const Vector* rows, std::size_t first, std::size_t live, bool slopes) {
    const std::size_t axis = p_.shape[1];
    std::size_t array = 0;
    for (std::size_t i = 0; i < p_.inputs; ++i) {
      if (p_.of[i]->extent == Extent::element) {
        interleave(*p_.in[i], first, live, space_[i]);
        in_[array++] = space_[i];
        continue;
      }
      for (std::size_t j = 0; j < kRows; ++j) group_[i][j] = j < live ? rows[j].number[i] : 0;
      if (p_.of[i]->extent == Extent::class_index) {
        std::fill_n(space_[i], kRows * axis, 0.0);
        for (std::size_t j = 0; j < live; ++j)
          if (rows[j].counts) space_[i][rows[j].wanted * kRows + j] = 1;
        in_[array++] = space_[i];
      }
      in_[array++] = group_[i];
    }
    for (std::size_t k = 0; slopes && k < k_.found; ++k) {
      for (std::size_t j = 0; j < kRows; ++j) found_[k][j] = j < live ? rows[j].found[k] : 0;
      in_[array++] = found_[k];
    }
  }
  void interleave(const Array& a, std::size_t first, std::size_t live, double* to) {
    const std::size_t axis = p_.shape[1];
    if (neighbours(a))
      return stage().from_rows(a.type, row_of(a, first).data, static_cast<std::size_t>(a.stride[0]), live, axis, kRows,
                               to);
    alignas(64) double packed[kRows * kRows];
    for (std::size_t j = 0; j < live; ++j)
      gather(row_of(a, first + j), 0, axis, reinterpret_cast<char*>(packed) + j * axis * size_of(a.type));
    stage().from_rows(a.type, packed, axis, live, axis, kRows, to);
  }
  /// The sum of each row's terms, in the order in which the sixteen lanes of a block fold (src/reduce.h): a row of up
  /// to sixteen terms has at most one in each lane.
  void fold(const double* terms, double* sums) const {
    double lane[kRows][kRows];
    const std::size_t axis = p_.shape[1];
    for (std::size_t c = 0; c < axis; ++c)
      for (std::size_t j = 0; j < kRows; ++j) lane[c][j] = 0 + terms[c * kRows + j];
    for (std::size_t half = kRows / 2; half; half /= 2)
      for (std::size_t c = 0; c < half && c + half < axis; ++c)
        for (std::size_t j = 0; j < kRows; ++j) lane[c][j] += lane[c + half][j];
    for (std::size_t j = 0; j < kRows; ++j) sums[j] = axis ? lane[0][j] : 0;
  }
  void* const* places(std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) to_[k] = out_[k];
    return to_;
  }
  void* const* wanted() {
    for (std::size_t g = 0; g < p_.gradients; ++g) to_[g] = p_.gradient[g] ? out_[g] : nullptr;
    return to_;
  }

  const Plan& p_;
  const Kernel& k_;
  bool wide_ = false;  // the passes read doubles, not floats
  const void* in_[3 * kMostArrays];
  void* to_[kMostArrays];
  alignas(64) double space_[kMostArrays][kChunk + 3 * 8], out_[kMostArrays][kChunk + 3 * 8], here_[kChunk];
  alignas(64) double group_[kMostArrays][kRows], found_[kMostArrays][kRows];
};

class Vectors {
 public:
  Vectors(const Plan& plan, double* losses)
      : p_(plan), k_(kernel_of(plan)), axis_(plan.shape[1]), losses_(losses), passes_(plan) {}

  /// Computes rows [first, last), sixteen at most; if `shared`, the threads share each row.
  void run(std::size_t first, std::size_t last, bool shared) {
    const std::size_t live = last - first;
    for (std::size_t j = 0; j < live; ++j) read_numbers(first + j, rows_[j]);
    if (axis_ <= kRows) {
      passes_.add_interleaved(rows_, first, live, sums_);
    } else {
      for (std::size_t j = 0; j < live; ++j) shared ? add_shared(j) : add(j);
    }
    finish(first, live);
    if (!p_.gradients_wanted) return;
    if (axis_ <= kRows) return passes_.write_interleaved(rows_, first, live);
    for (std::size_t j = 0; j < live; ++j) {
      if (!shared) {
        passes_.write_gradients(rows_[j], first + j, 0, axis_);
        continue;
      }
      in_blocks(axis_,
                [&](std::size_t from, std::size_t to) { Passes(p_).write_gradients(rows_[j], first + j, from, to); });
    }
  }

 private:
  void read_numbers(std::size_t r, Vector& row) const {
    row.counts = true, row.weight = 1;
    for (std::size_t i = 0; i < p_.inputs; ++i) {
      const Array& a = *p_.in[i];
      if (p_.of[i]->extent == Extent::class_index) {
        row.wanted = static_cast<std::size_t>(index_at(a, r)), row.counts = row.wanted < axis_;
        row.number[i] = row.counts ? number_at(row_of(*p_.in[0], r), 0, row.wanted, 0) : 0;
        row.weight = !row.counts ? 0 : p_.weight ? number_at(*p_.weight, 0, row.wanted, 0) : 1;
      } else if (p_.of[i]->extent == Extent::row) {
        row.number[i] = number_at(row_of(a, r), 0, 0, 0);
      } else if (axis_ > kRows) {
        row.in[i] = row_of(a, r);
      }
    }
    const bool scales = p_.grad_output && p_.common.reduction == Reduction::none;
    row.scale = scales ? number_at(*p_.grad_output, 0, r, 0) : p_.scale;
  }
  void add(std::size_t j) {
    Sum sums[kMostArrays];
    passes_.add(rows_[j], 0, axis_, sums);
    for (std::size_t s = 0; s < k_.sums; ++s) sums_[s][j] = sums[s].total();
  }
  void add_shared(std::size_t j) {
    const std::size_t blocks = detail::blocks_of(axis_);
    std::vector<double> of_blocks(blocks * k_.sums);
    in_blocks(axis_, [&](std::size_t from, std::size_t to) {
      Passes passes(p_);
      for (std::size_t next; from < to; from = next) {
        next = std::min(to, from + detail::kBlock);
        Sum sums[kMostArrays];
        passes.add(rows_[j], from, next, sums);
        for (std::size_t s = 0; s < k_.sums; ++s) of_blocks[s * blocks + from / detail::kBlock] = sums[s].total();
      }
    });
    for (std::size_t s = 0; s < k_.sums; ++s) {
      detail::Tree tree;
      for (std::size_t b = 0; b < blocks; ++b) tree.add(of_blocks[s * blocks + b]);
      sums_[s][j] = tree.total();
    }
  }
  /// The losses of the rows, and what their gradients need.
  void finish(std::size_t first, std::size_t live) {
    const std::size_t width = width_of(live);
    const void* in[2 * kMostArrays];
    void* to[kMostArrays];
    std::size_t array = 0;
    for (std::size_t s = 0; s < k_.sums; ++s) {
      std::fill(sums_[s] + live, sums_[s] + width, 0.0);
      in[array++] = sums_[s];
    }
    for (std::size_t i = 0; i < p_.inputs; ++i) {
      if (p_.of[i]->extent == Extent::element) continue;
      for (std::size_t j = 0; j < width; ++j) numbers_[i][j] = j < live ? rows_[j].number[i] : 0;
      in[array++] = numbers_[i];
    }
    for (std::size_t k = 0; k <= k_.found; ++k) to[k] = found_[k];
    const double size = static_cast<double>(axis_);
    k_.finish(p_.options, first, width, in, &size, to);
    for (std::size_t j = 0; j < live; ++j) {
      Vector& row = rows_[j];
      losses_[first + j] = row.counts ? row.weight * found_[0][j] : 0;
      for (std::size_t k = 0; k < k_.found; ++k)
        row.found[k] = row.counts ? row.scale * row.weight * found_[1 + k][j] : 0;
    }
  }

  const Plan& p_;
  const Kernel& k_;
  const std::size_t axis_;
  double* const losses_;
  Passes passes_;
  Vector rows_[kRows];
  alignas(64) double sums_[kMostArrays][kRows], numbers_[kMostArrays][kRows], found_[kMostArrays][kRows];
};

}  // namespace

double run_vector_losses(const Plan& plan) {
  const std::size_t rows = plan.rows(), axis = plan.shape[1];
  detail::Scratch<double, 256> losses(rows);
  double* const loss = losses.data();
  const bool shared = axis >= 4 * kElementsPerTask;
  const auto run = [&](std::size_t first, std::size_t last) {
    Vectors vectors(plan, loss);
    for (std::size_t next; first < last; first = next) vectors.run(first, next = std::min(last, first + kRows), shared);
  };
  if (shared) run(0, rows);
  else detail::parallel(rows, kElementsPerTask / std::max<std::size_t>(axis, 1), run);
  return give_losses(plan, loss);
}

}  // namespace lossact::cpu
