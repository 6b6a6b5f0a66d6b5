#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/server/service.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"
#include "spec/catalogue/catalogue.h"

// For tests: requests of many kinds, readings, and answers of the reference service.
namespace assay {

using Pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline const Dataset& TestDataset() {
  static const Dataset* const dataset = new Dataset(VariedDataset());
  return *dataset;
}

// The smallest valid request in the first region, changed. A parameter is replaced; one that is to
// occur twice is added to `parameters` by hand.
inline Request Ask(Pairs changes = {}) {
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", "cn-hangzhou");
  request.Set("Format", "JSON");
  for (const auto& [name, value] : changes) request.Set(name, value);
  return request;
}

inline Reading Pins(Pairs pins) {
  Reading reading;
  for (const auto& [id, option] : pins) {
    const Question question = FindQuestion(id).value();
    for (const OptionInfo& info : Catalogue::Get()[question].options) {
      if (Id(info.id) == option) reading.pins.emplace_back(question, info.id);
    }
  }
  return reading;
}

// Answers every question: the option that `choose` gives the position of.
template <typename Choose>
Reading CompleteReading(const Choose& choose) {
  Reading reading;
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const std::size_t position = choose(question) % question.options.size();
    reading.pins.emplace_back(question.id, question.options[position].id);
  }
  return reading;
}
inline Reading DefaultReading() {
  return CompleteReading([](const QuestionInfo&) { return std::size_t{0}; });
}
inline Reading LastReading() {
  return CompleteReading([](const QuestionInfo& q) { return q.options.size() - 1; });
}
inline Reading RandomReading(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return CompleteReading([&](const QuestionInfo&) { return static_cast<std::size_t>(random()); });
}

inline Response AnswerOf(Service& service, const Request& request) {
  Response response;
  service.Handle(request, "ecs.example.com", response);
  return response;
}

// A snapshot of the first region that has the field.
inline const Snapshot& SnapshotWith(Field field) {
  const Dataset& dataset = TestDataset();
  for (const std::uint32_t position : dataset.by_region.at("cn-hangzhou")) {
    if (dataset.snapshots[position].Has(field)) return dataset.snapshots[position];
  }
  return dataset.snapshots.front();
}

// Draws requests: valid and odd values of every parameter, alone and together, walks included.
class RequestSampler {
 public:
  explicit RequestSampler(std::uint64_t seed) : random_(seed) {}

  // `token`: the last NextToken of the target, "" if there was none.
  Request Draw(const std::string& token) {
    if (!sent_.empty() && Below(10) == 0) return sent_[Below(sent_.size())];
    Request request = !token.empty() && Below(3) == 0 ? Continue(token) : Fresh();
    if (sent_.size() < 400) sent_.push_back(request);
    return request;
  }

 private:
  std::size_t Below(std::size_t count) { return static_cast<std::size_t>(random_() % count); }
  template <typename T>
  const T& Of(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

  Request Fresh() {
    Request request = Ask();
    if (Below(8) == 0) request.Set("RegionId", Of(TestDataset().regions));
    if (Below(6) == 0) request.Set("Format", "XML");
    if (Below(40) == 0) request.Unset(Below(2) == 0 ? "RegionId" : "Format");
    for (std::size_t n = Below(4); n-- > 0;) Change(request);
    if (Below(2) == 0) Page(request);
    return request;
  }

  // The same walk, or something that is not quite it.
  Request Continue(const std::string& token) {
    Request request = sent_.empty() ? Ask() : sent_.back();
    request.Set("NextToken", token);
    if (Below(4) == 0) Change(request);
    if (Below(8) == 0) request.Set("NextToken", token.substr(0, token.size() / 2));
    if (Below(8) == 0) request.Set("NextToken", "caeba0bbb2be03f84eb48b699f0a4883");
    if (Below(8) == 0) request.Set("RegionId", "cn-shanghai");
    if (Below(6) == 0) Page(request);
    return request;
  }

  void Page(Request& request) {
    static const std::vector<std::string> numbers = {
        "1", "2",  "3",  "10", "20", "50",          "99", "100", "101", "200",
        "0", "-1", "07", "+5", "x",  "99999999999", "",   " 5",  "1.5", "100 "};
    static const std::vector<std::string> names = {"PageNumber", "PageSize", "MaxResults"};
    request.Set(Of(names), Of(numbers));
    if (Below(2) == 0) request.Set(Of(names), Of(numbers));
  }

  void Change(Request& request) {
    const Snapshot& snapshot = Of(TestDataset().snapshots);
    switch (Below(10)) {
      case 0:
      case 1:
        return Tags(request, snapshot);
      case 2:
        return Times(request, snapshot);
      case 3:
        return Ids(request, snapshot);
      case 4:
        return Names(request);
      default:
        return Value(request, snapshot);
    }
  }

  void Value(Request& request, const Snapshot& snapshot) {
    static const std::vector<std::pair<std::string, Field>> fields = {
        {"InstanceId", Field::kInstanceId},
        {"DiskId", Field::kSourceDiskId},
        {"SnapshotLinkId", Field::kSnapshotLinkId},
        {"SnapshotName", Field::kSnapshotName},
        {"Status", Field::kStatus},
        {"SnapshotType", Field::kSnapshotType},
        {"Usage", Field::kUsage},
        {"SourceDiskType", Field::kSourceDiskType},
        {"Encrypted", Field::kEncrypted},
        {"ResourceGroupId", Field::kResourceGroupId},
        {"KMSKeyId", Field::kKMSKeyId},
        {"Category", Field::kCategory}};
    const auto& [name, field] = Of(fields);
    std::string value = snapshot[field];
    switch (Below(9)) {
      case 0:
        value += "x";
        break;
      case 1:
        value = "";
        break;
      case 2:
        value = " " + value;
        break;
      case 3:
        value = Upper(value);
        break;
      case 4:
        value = value.substr(0, value.size() / 2);
        break;
      case 5: {
        static const std::vector<std::string> odd = {
            "all", "archive", "flash", "True", "1", "no", "FALSE", "?", "i-zzz", "[\"a\"]", "é"};
        value = Of(odd);
        break;
      }
      default:
        break;
    }
    request.Set(name, value);
    static const std::vector<std::string> truth = {"true", "false", "True", "0",
                                                   "yes",  "",      "maybe"};
    if (Below(12) == 0) request.Set("DryRun", Of(truth));
  }

  void Tags(Request& request, const Snapshot& snapshot) {
    static const std::vector<std::string> numbers = {"1", "2", "1", "3", "20", "0", "21", "01"};
    const std::string n = Of(numbers);
    const Tag tag = snapshot.tags.empty() ? Tag{"env", "prod"} : Of(snapshot.tags);
    const bool small = Below(5) == 0;
    if (Below(8) != 0) request.Set("Tag." + n + (small ? ".key" : ".Key"), tag.key);
    if (Below(4) != 0) {
      request.Set("Tag." + n + (Below(6) == 0 ? ".value" : ".Value"), Below(8) == 0 ? ""
                                                                      : Below(8) == 0
                                                                          ? Upper(tag.value)
                                                                          : tag.value);
    }
  }

  void Times(Request& request, const Snapshot& snapshot) {
    const std::string& at = snapshot[Field::kCreationTime];
    const std::string minute = at.substr(0, 16) + "Z";
    static const std::vector<std::string> odd = {"2021-02-30T00:00Z", "yesterday", "", "2019-12-13",
                                                 "2019-12-13T22:00+08:00"};
    const auto value = [&]() { return Below(4) == 0 ? Of(odd) : Below(4) == 0 ? at : minute; };
    const bool swapped = Below(6) == 0;
    if (Below(3) != 0) {
      request.Set("Filter.1.Key", swapped ? "CreationEndTime" : "CreationStartTime");
      if (Below(10) != 0) request.Set("Filter.1.Value", value());
    }
    if (Below(3) != 0) {
      request.Set("Filter.2.Key", swapped ? "CreationStartTime" : "CreationEndTime");
      if (Below(10) != 0) request.Set("Filter.2.Value", value());
    }
    if (Below(10) == 0) request.Set("Filter.3.Key", "CreationEndTime");
  }

  void Ids(Request& request, const Snapshot& snapshot) {
    const std::string& a = snapshot[Field::kSnapshotId];
    const std::string& b = Of(TestDataset().snapshots)[Field::kSnapshotId];
    switch (Below(9)) {
      case 0:
        return request.Set("SnapshotIds", a);
      case 1:
        return request.Set("SnapshotIds", "[]");
      case 2:
        return request.Set("SnapshotIds", "['" + a + "']");
      case 3:
        return request.Set("SnapshotIds", "[\"" + a + "\",\"" + a + "\",3]");
      case 4:
        return request.Set("SnapshotIds", "[\"nonsense\",\"" + b + "\"]");
      case 5:
        return request.Set("SnapshotIds", "\"" + a + "\"");
      default:
        return request.Set("SnapshotIds", "[\"" + a + "\",\"" + b + "\"]");
    }
  }

  void Names(Request& request) {
    switch (Below(5)) {
      case 0:
        return request.Set("NoSuchParameter", "1");
      case 1:
        return request.Set("status", "failed");
      case 2:
        return request.parameters.push_back({"Status", "failed"});
      case 3:
        return request.Set("PAGESIZE", "5");
      default:
        return request.Set("Tag.1.KEY", "env");
    }
  }

  static std::string Upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
  }

  std::mt19937_64 random_;
  std::vector<Request> sent_;
};

}  // namespace assay
