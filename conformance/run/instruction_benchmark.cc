// Does a fixed amount of work, whose instructions compare_instructions.py counts under callgrind.
// Everything else is done outside of DoMeasuredWork(), so it does not count.
#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/covering/covering_array.h"
#include "reference/answer/observed.h"
#include "reference/describe_snapshots/model.h"
#include "reference/describe_snapshots/render.h"
#include "reference/server/service.h"
#include "reference/session/null_recorder.h"
#include "reference/session/session.h"
#include "reference/state/dataset.h"
#include "reference/target/handler_target.h"

namespace assay {
// Its C name is what callgrind is told to look at.
extern "C" [[gnu::noinline]] void DoMeasuredWork(const std::function<void()>& work) { work(); }

namespace {

// Called through a variable, so that no compiler puts a copy of another name in its place.
void (*volatile do_measured_work)(const std::function<void()>&) = DoMeasuredWork;

const Dataset& BuiltIn() {
  static const Dataset dataset = BuiltInDataset();
  return dataset;
}

Request ListOf(std::vector<Parameter> parameters) {
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", BuiltIn().regions.front());
  request.Set("Format", "JSON");
  for (Parameter& parameter : parameters) request.parameters.push_back(std::move(parameter));
  return request;
}

// Page after page of the first region.
Request PageRequest(std::size_t size, std::uint64_t turn) {
  const std::size_t all = BuiltIn().by_region.at(BuiltIn().regions.front()).size();
  return ListOf({{"PageSize", std::to_string(size)},
                 {"PageNumber", std::to_string(turn % std::max<std::size_t>(all / size, 1) + 1)}});
}

// Makes every snapshot of the body another text than in any other answer.
void WriteAnew(std::uint64_t number, std::string& body) {
  const std::string before = "\"SnapshotId\":", more = fmt::format("\"Answer\":{},", number);
  for (std::size_t at = body.find(before); at != std::string::npos;) {
    body.insert(at, more);
    at = body.find(before, at + more.size() + before.size());
  }
}

// The service's answer, with a RequestId that is the same in every run.
Response AnswerTo(Service& service, const Request& request, std::uint64_t number) {
  Response response;
  service.Handle(request, "127.0.0.1", response);
  AnswerReader reader;
  const std::string given(reader.Read(response).request_id.text);
  const std::string fixed = fmt::format("{:08X}-0000-5000-8000-{:012X}", number, number);
  response.body.replace(response.body.find(given), given.size(), fixed);
  if (!response.request_id.empty()) response.request_id = fixed;
  return response;
}

// A session of so many requests, whose answers were made before.
class JudgedPages {
 public:
  JudgedPages(std::size_t size, bool anew, std::uint64_t count)
      : size_(size),
        target_([this](const Request&) { return std::move(answers_[answered_++]); }),
        judge_(BuiltIn()),
        session_(target_, judge_, recorder_, {.keep_bodies = false}) {
    Service service(BuiltIn(), {});
    for (std::uint64_t turn = 0; turn < count; ++turn) {
      answers_.push_back(AnswerTo(service, PageRequest(size, turn), turn + 1));
      if (anew) WriteAnew(turn, answers_.back().body);
    }
  }
  void Judge(std::uint64_t count) {
    const std::uint64_t end = sent_ + count;
    session_.Run(
        {"benchmark", "pages"},
        [&]() -> std::unique_ptr<Script> {
          if (sent_ == end) return nullptr;
          return std::make_unique<FixedScript>(PageRequest(size_, sent_++));
        },
        [](ScriptResult&&) {});
  }
  bool AllRight() const { return answered_ == answers_.size() && session_.violations() == 0; }

 private:
  const std::size_t size_;
  std::vector<Response> answers_;
  std::uint64_t sent_ = 0, answered_ = 0;
  HandlerTarget target_;
  assay::Judge judge_;
  NullRecorder recorder_;
  Session session_;
};

// Each measures its work and returns true if the work came to what it should.
bool MeasureJudging(std::size_t size, bool anew, std::uint64_t count) {
  constexpr std::uint64_t kBefore = 60;  // what a run learns, it learns at its beginning
  JudgedPages pages(size, anew, kBefore + count);
  pages.Judge(kBefore);
  do_measured_work([&] { pages.Judge(count); });
  return pages.AllRight();
}

bool MeasureModel(std::uint64_t count) {
  const std::vector<Request> requests = {
      ListOf({}),
      ListOf({{"Status", "accomplished"}}),
      ListOf({{"SnapshotType", "user"}, {"Usage", "none"}}),
      ListOf({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", "2020-01-01T00:00Z"}}),
      ListOf({{"SnapshotIds",
               fmt::format("[\"{}\"]", BuiltIn().snapshots.front()[Field::kSnapshotId])}}),
      ListOf({{"Tag.1.Key", "env"}, {"Tag.1.Value", "prod"}}),
      ListOf({{"PageSize", "101"}}),
      ListOf({{"MaxResults", "20"}})};
  std::size_t matches = 0;
  do_measured_work([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      FixedReading reading;
      matches += DescribeSnapshots(requests[i % requests.size()], BuiltIn(), nullptr, reading)
                     .page.matches.size();
    }
  });
  return matches > 0;
}

bool MeasureRendering(std::uint64_t count) {
  RenderedList list{.total = 100, .page_number = 1, .page_size = 100, .request_id = "R"};
  for (std::uint32_t position = 0; position < 100; ++position) list.listed.push_back(position);
  std::size_t bytes = 0;
  FixedReading reading;
  do_measured_work([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      bytes += RenderList(list, BuiltIn(), i % 2 == 0, reading).size();
    }
  });
  return bytes > count * 10'000;
}

bool MeasureCovering(std::uint64_t count) {
  const CoveringModel model{std::vector<std::vector<bool>>(8, std::vector<bool>(4)), {}};
  std::size_t rows = 0;
  do_measured_work([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      rows += Cover(model, 2, i + 1, {.candidates = 4, .steps = 5'000})->rows.size();
    }
  });
  return rows >= count * 16;
}

struct Unit {
  const char* name;
  std::uint64_t count;
  std::function<bool(std::uint64_t)> measure;
};

const std::vector<Unit>& Units() {
  static const std::vector<Unit> units = {
      {"judged_page_of_10", 100, std::bind_front(MeasureJudging, 10, false)},
      {"judged_page_of_10_anew", 100, std::bind_front(MeasureJudging, 10, true)},
      {"judged_page_of_100", 20, std::bind_front(MeasureJudging, 100, false)},
      {"model", 80, MeasureModel},
      {"rendered_page_of_100", 10, MeasureRendering},
      {"covering_array", 1, MeasureCovering}};
  return units;
}

// What the number of instructions depends on besides the sources.
std::string Machine() {
#if defined(__x86_64__)
  constexpr std::string_view kProcessor = "x86_64";
#elif defined(__aarch64__)
  constexpr std::string_view kProcessor = "aarch64";
#else
  constexpr std::string_view kProcessor = "another processor";
#endif
#if defined(__clang__)
  const std::string compiler = fmt::format("clang {}", __clang_major__);
#else
  const std::string compiler = fmt::format("g++ {}", __GNUC__);
#endif
  return fmt::format("{}, {}, {}", compiler, kProcessor,
                     simdjson::get_active_implementation()->name());
}

int Measure(const std::string& name) {
  for (const Unit& unit : Units()) {
    if (unit.name != name) continue;
    if (!unit.measure(unit.count)) {
      fmt::print(stderr, "{}: the work came to something else than it should\n", name);
      return 1;
    }
    fmt::print("{}\t{}\t{}\n", name, unit.count, Machine());
    return 0;
  }
  fmt::print(stderr, "there is no work of the name {}; see --list\n", name);
  return 2;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  CLI::App app{
      "Does one fixed piece of work, for compare_instructions.py to count its instructions."};
  std::string name;
  bool list = false;
  app.add_option("name", name, "the work");
  app.add_flag("--list", list, "print the names of all works");
  CLI11_PARSE(app, argc, argv);
  if (!list) return assay::Measure(name);
  for (const assay::Unit& unit : assay::Units()) fmt::print("{}\n", unit.name);
  return 0;
}
