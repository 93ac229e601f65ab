// lossact compare DATA: the same network with each activation and each loss.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <fmt/format.h>
#include "lossact/threads.h"
#include "program/commands/commands.h"
#include "program/report/comparison_json.h"
#include "program/report/comparison_text.h"
#include "experiment/table/data_source.h"
#include "program/error.h"
#include "experiment/experiment.h"
#include "files/file.h"
#include "program/functions.h"
#include "program/terminal/interrupt.h"
#include "text/number.h"
#include "program/option.h"
#include "program/terminal/progress.h"
#include "program/report/report.h"
#include "text/suggest.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

constexpr std::string_view example_data = "digits";

/// The command line as it was typed.
struct Typed {
  std::vector<std::string> data;
  std::string target, activations, losses, hidden, epochs, seeds, optimizer, lr, batch_size, baseline, threads;
  std::vector<std::string> drop, numbers, categories;
  std::string task, missing, header, decimal, report, json;
  std::optional<std::string> na_values;
};

/// One of an enumeration's names.
template <class E>
E chosen(std::string_view option, const std::string& text) {
  std::vector<std::string> names;
  for (const auto& choice : choices<E>) {
    if (choice.name == text) return choice.value;
    names.emplace_back(choice.name);
  }
  throw UsageError(fmt::format("{} is '{}', expected {}", option, text, join(names, " or ")));
}

/// Names of functions with commas between them, each once, of those that are `known`; `what` says which these are.
std::vector<std::string> names_in(std::string_view option, const std::string& list,
                                  const std::vector<std::string>& known, std::string_view what) {
  std::vector<std::string> names;
  for (const std::string& name : split_list(list)) {
    if (std::ranges::find(known, name) == known.end()) {
      if (const Function* function = find(name))
        throw UsageError(fmt::format("{} takes {}; '{}' is {}", option, what, name, kind_in_words(*function)));
      throw UsageError(fmt::format("{}: {}", option, unknown("function", name, known)));
    }
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}
std::vector<std::string> activations_in(std::string_view option, const std::string& list) {
  return list == "all" ? activation_names() : names_in(option, list, activation_names(), "activations of elements");
}

std::vector<std::size_t> hidden_layers(const std::string& text) {
  constexpr double widest = 65536;
  std::vector<std::size_t> widths;
  for (const std::string& part : split_list(text)) {
    const double width = read_number(part).value_or(0);
    if (!(width >= 1 && width <= widest && std::floor(width) == width))
      throw UsageError(fmt::format("--hidden takes the widths of layers, as 64,64, not '{}'", text));
    widths.push_back(static_cast<std::size_t>(width));
  }
  return widths;
}

/// Functions where data should be: says which command was meant.
void refuse_functions(const std::vector<std::string>& arguments) {
  std::vector<std::string> data, activations, losses;
  for (const std::string& argument : arguments) {
    const Function* function = find(argument);
    if (!function) data.push_back(argument);
    else (function->is_activation() ? activations : losses).push_back(argument);
  }
  if (data.size() == arguments.size()) return;
  const std::string& first = !activations.empty() ? activations.front() : losses.front();
  std::string meant = "lossact compare " + (data.empty() ? std::string(example_data) : data.front());
  if (!activations.empty()) meant += fmt::format(" --activations {}", fmt::join(activations, ","));
  if (!losses.empty()) meant += fmt::format(" --losses {}", fmt::join(losses, ","));
  throw UsageError(fmt::format("'{}' is a function, not data; did you mean: {}", first, meant));
}

/// What the word DATA stands for. Before anything is read, so that a slip is found first.
std::string data_argument(const std::vector<std::string>& arguments) {
  const std::vector<std::string> names = data_names();
  const bool is_file = arguments.size() == 1 && std::filesystem::exists(arguments[0]);
  if (!is_file) refuse_functions(arguments);
  if (arguments.size() > 1) throw UsageError(fmt::format("one data set at a time: '{}' is one too many", arguments[1]));
  const std::string& data = arguments[0];
  const bool is_name = std::ranges::find(names, data) != names.end();
  if (!is_file && !is_name && data.find_first_of("./") == std::string::npos)
    throw UsageError(
        fmt::format("'{}' is no file, and not the name of a data set; did you mean '{}'?", data, nearest(data, names)));
  return data;
}

Plan make_plan(const Typed& typed) {
  Plan plan;
  plan.activations =
      typed.activations.empty() ? default_activations() : activations_in("--activations", typed.activations);
  if (!typed.losses.empty()) plan.losses = names_in("--losses", typed.losses, loss_names(), "losses");
  plan.baseline = typed.baseline.empty() ? default_baseline() : activations_in("--baseline", typed.baseline).front();
  if (std::ranges::find(plan.activations, plan.baseline) == plan.activations.end())
    plan.activations.push_back(plan.baseline);
  if (!typed.hidden.empty()) plan.hidden = hidden_layers(typed.hidden);
  plan.epochs = whole_number("--epochs", typed.epochs, plan.epochs);
  plan.seeds = whole_number("--seeds", typed.seeds, plan.seeds);
  plan.batch_size = whole_number("--batch-size", typed.batch_size, plan.batch_size);
  if (!typed.optimizer.empty()) plan.optimizer = chosen<Optimizer>("--optimizer", typed.optimizer);
  plan.lr = plan.optimizer == Optimizer::adam ? 1e-3 : 1e-2;
  if (!typed.lr.empty()) plan.lr = read_number(typed.lr).value_or(nan);
  if (!(plan.lr > 0 && plan.lr < inf))
    throw UsageError(fmt::format("--lr is '{}', expected a number above 0", typed.lr));
  const std::size_t threads = whole_number("--threads", typed.threads, 0, 0);
  plan.threads = threads == 0 ? num_threads() : static_cast<int>(std::min<std::size_t>(threads, 1024));
  return plan;
}

TableOptions table_options(const Typed& typed) {
  TableOptions options{
      .target = typed.target, .drop = typed.drop, .numbers = typed.numbers, .categories = typed.categories};
  if (!typed.task.empty()) options.task = chosen<Task>("--task", typed.task);
  if (!typed.missing.empty()) options.missing = chosen<Missing>("--missing", typed.missing);
  if (!typed.header.empty()) options.header = chosen<Header>("--header", typed.header);
  if (!typed.decimal.empty()) options.decimal = chosen<Decimal>("--decimal", typed.decimal);
  if (typed.na_values) {
    options.na_values = split_list(*typed.na_values);
    std::erase(*options.na_values, "");  // an empty cell is missing anyway
  }
  return options;
}

/// The options as they were typed: those that tell of the table, those that change the figures too, and the files to
/// write.
struct TypedOptions {
  std::string table, others, files;
};

/// Where the data is not taken as it is, the error ends with the command that takes it.
Table read_table_of(const std::string& data, const TableOptions& options, const TypedOptions& typed) {
  try {
    return read_data(data, options);
  } catch (const TableError& e) {
    if (!e.taken_with) throw;
    throw format_error(fmt::format("{}\nThis takes it: lossact compare {}{}{}{}", e.what(), shell_word(data),
                                   option_text(*e.taken_with), typed.others, typed.files));
  }
}

void compare(const Typed& typed, const TypedOptions& typed_options) {
  Plan plan = make_plan(typed);
  const TableOptions options = table_options(typed);
  const std::string data = data_argument(typed.data);
  const Table table = read_table_of(data, options, typed_options);
  if (plan.losses.empty()) plan.losses = default_losses(table.task);
  for (const std::string& loss : plan.losses)
    if (const std::string why = loss_refusal(loss, table.task); !why.empty()) throw UsageError("--losses: " + why);
  std::vector<std::filesystem::path> written;
  for (const std::string& file : {typed.report, typed.json})
    if (!file.empty()) written.emplace_back(file);
  const std::vector<std::filesystem::path> inputs = data_files(data);
  files::check_writable(written, inputs);

  const std::size_t width = terminal_width();
  print_text("{}", introduction(table, plan, width));
  std::fflush(stdout);
  catch_interrupts();
  const auto start = std::chrono::steady_clock::now();
  std::vector<Training> runs;
  {
    const std::size_t trainings = plan.activations.size() * plan.losses.size() * plan.seeds;
    Progress progress(trainings * plan.epochs);
    runs = run_experiment(
        table, plan,
        {.stop = [] { return interrupted() != 0; }, .done = [&](std::size_t epochs) { progress.advance(epochs); }});
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto finished = static_cast<std::size_t>(std::ranges::count(runs, true, &Training::finished));
  const bool stopped = finished < runs.size();
  const Findings findings = compare_runs(plan, table.task, runs);

  print_text("{} in {:.1f} s on {}\n", counted(finished, "training"), seconds,
             counted(static_cast<std::size_t>(plan.threads), "thread"));
  if (finished > 0) {
    print_text("\n{}\n{}", comparison_table(table, plan, findings, width), conclusion(table, plan, findings, width));
  }
  if (finished > 0 && !(typed.report.empty() && typed.json.empty())) {
    const std::string json = comparison_json(
        table, plan, findings,
        {.command = fmt::format("lossact compare {}{}{}", shell_word(data), typed_options.table, typed_options.others),
         .seconds = seconds,
         .interrupted = stopped,
         .table = options});
    const std::string page = typed.report.empty() ? "" : report(json);
    std::vector<files::Output> outputs;
    if (!typed.report.empty()) outputs.push_back({typed.report, page});
    if (!typed.json.empty()) outputs.push_back({typed.json, json});
    files::write_files(outputs, inputs);
    print_text("\n");
    for (const files::Output& output : outputs)
      print_text("Written: {}\n", std::filesystem::absolute(output.path).lexically_normal().string());
  }
  if (stopped) {
    std::fflush(stdout);
    print_text(stderr, "lossact: stopped after {} of {}\n", finished, counted(runs.size(), "training"));
    throw Exit{128 + interrupted()};
  }
}

}  // namespace

Command compare_command() {
  auto typed = std::make_shared<Typed>();
  const std::vector<std::string> names = activation_names();
  return {
      .name = "compare",
      .summary = "Train one network with each activation and each loss",
      .arguments =
          {{"DATA", "",
            fmt::format("a CSV file; a .npy file, the last\ncolumn the target; a .npz file with x and y, or\nx_train, "
                        "y_train, x_test and y_test, each packed\nby gzip or not; a folder of IDX files as MNIST\nhas "
                        "them; {}",
                        join(data_names(), " or ")),
            &typed->data, true},
           {"--target", "COLUMN", "what is to be found (the last column)", &typed->target},
           {"--activations", "NAMES", "commas between them, or all (the best known)", &typed->activations},
           {"--losses", "NAMES",
            fmt::format("commas between them (for classes {},\nfor numbers {})",
                        fmt::join(default_losses(Task::classification), ","),
                        fmt::join(default_losses(Task::regression), ",")),
            &typed->losses},
           {"--hidden", "WIDTHS", "of the hidden layers (64,64,64,64)", &typed->hidden},
           {"--epochs", "N", "how often each row is seen (20)", &typed->epochs},
           {"--seeds", "N", "repetitions, with seeds 0 to N - 1 (5)", &typed->seeds},
           {"--optimizer", "NAME", "adam, or sgd with momentum 0.9 (adam)", &typed->optimizer},
           {"--lr", "X", "the learning rate (adam 0.001, sgd 0.01)", &typed->lr},
           {"--batch-size", "N", "rows to a step (32)", &typed->batch_size},
           {"--baseline", "NAME", fmt::format("what differences are taken to ({})", default_baseline()),
            &typed->baseline},
           {"--threads", "N", "trainings side by side (as many as cores)", &typed->threads},
           {"--drop", "COLUMN", "leave a column out; may be repeated", &typed->drop},
           {"--task", "TASK", "classification or regression (by the target:\ntext or at most 20 integers are classes)",
            &typed->task},
           {"--missing", "WAY", "with missing values: refuse, drop the row, or\ntake the mean (refuse)",
            &typed->missing},
           {"--na-values", "WORDS",
            "what stands for a missing value, commas between\n(NA, NaN, None, ? and the like; an empty cell\nalways "
            "does)",
            &typed->na_values},
           {"--numbers", "COLUMN", "is numbers, whatever it looks like; may be repeated", &typed->numbers},
           {"--categories", "COLUMN", "is text, even if it looks like numbers; may be\nrepeated", &typed->categories},
           {"--header", "yes|no", "does the first line name the columns? (as it seems)", &typed->header},
           {"--decimal", "MARK", "point or comma: what decimals stand behind (as it\nseems)", &typed->decimal},
           {"--report", "FILE.html", "write a page with pictures of all that was found", &typed->report},
           {"--json", "FILE", "write all figures there", &typed->json}},
      .footer = fmt::format("Example:\n  lossact compare {} --activations {},{} --epochs 5 --report report.html",
                            example_data, names.front(), names.back()),
      .run = [typed](const std::vector<TypedOption>& options) {
        TypedOptions typed_options;
        for (const auto& [name, value] : options) {
          std::string& text = is_table_option(name)                ? typed_options.table
                              : name == "report" || name == "json" ? typed_options.files
                                                                   : typed_options.others;
          text.append(1, ' ').append(typed_option(name, value));
        }
        compare(*typed, typed_options);
      }};
}

}  // namespace lossact::cli
