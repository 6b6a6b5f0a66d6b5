#include "conformance/cases/odd_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "spec/catalogue/operation.h"
#include "spec/catalogue/parameter_values.h"
#include "spec/text/letters.h"
#include "spec/text/percent.h"

namespace assay {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kLongestInQuery = 3000;  // some servers take request lines of 4,094 bytes

Texts AllOf(std::string_view kind) {
  const OddValues& odd = ParameterValues::Get().Odd(kind);
  Texts out = odd.values;
  out.insert(out.end(), odd.fuzzed.begin(), odd.fuzzed.end());
  return out;
}

// The kind of values that a parameter takes, or "".
std::string_view KindOf(const ParameterInfo& parameter) {
  const std::string_view name = parameter.name;
  if (parameter.type == "integer") return "number";
  if (parameter.type == "boolean") return "boolean";
  if (parameter.selects) return "enumeration";
  if (name == "Format") return "format";
  if (name == "RegionId") return "region";
  if (name == "SnapshotIds") return "id_list";
  if (name.starts_with("Filter.")) return name.ends_with("Key") ? "time_key" : "time";
  if (name.starts_with("Tag.")) return "tag";
  return name.ends_with("Id") ? "id" : "";
}

// "Tag.1.Key" for Tag.N.Key.
std::string Concrete(std::string_view name) {
  std::string out(name);
  if (const std::size_t n = out.find(".N."); n != std::string::npos) out[n + 1] = '1';
  return out;
}

// "tag_n_key": letters that a test's name may have. The lower-case alias has a name of its own.
std::string TestNameOf(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '.', '_');
  return out;
}

Request Smallest(const SuiteContext& context) {
  return SmallestRequest(context.values.region(), context.format());
}

std::size_t LengthInQuery(const Request& request) {
  std::string text;
  AppendForm(request.parameters, &text);
  return text.size();
}

// The key to a value and the value to a key: half a pair would be odd by itself.
void AddPartner(const std::string& name, Request& request) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return;
  const std::string beginning = name.substr(0, dot + 1), half = name.substr(dot + 1);
  const bool is_key = SmallLetters(half) == "key";
  std::string other = is_key ? "Value" : "Key";
  if (half == SmallLetters(half)) other = SmallLetters(other);
  const bool is_tag = name.starts_with("Tag.");
  const bool is_start = name.starts_with("Filter.1.");
  request.Set(beginning + other, is_tag     ? "v"
                                 : !is_key  ? is_start ? "CreationStartTime" : "CreationEndTime"
                                 : is_start ? "2000-01-01T00:00Z"
                                            : "2100-01-01T00:00Z");
}

// Sends every request, every second one as a form, and those that are too long for a query.
TestOutcome SendOdd(SuiteContext& context, const std::string& test, std::vector<Request> requests) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Request& request = requests[i];
    if ((i + test.size()) % 2 == 0 && LengthInQuery(request) <= kLongestInQuery) continue;
    request.method = "POST";
    request.placement = Placement::kForm;
  }
  TestOutcome outcome;
  for (const ScriptResult& result : SendAll(context, {"odd_values", test}, std::move(requests))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

// The values with their placeholders replaced; what the state cannot satisfy is left out.
Texts IdLists(const SuiteContext& context) {
  Texts out;
  const Snapshot* hit = context.values.ChooseNearest({}, 0);
  for (const std::string& text : AllOf("id_list")) {
    if (text.find("$hit") == std::string::npos && text.find("$other") == std::string::npos) {
      out.push_back(text);
    } else if (const auto made = context.values.placeholders().Replace(text, hit); made) {
      out.push_back(*made);
    }
  }
  return out;
}

// All that is odd for the parameter, each once. If requests are dear, what is odd for every
// parameter is shared out among them.
Texts ValuesFor(const ParameterInfo& parameter, const SuiteContext& context) {
  constexpr std::size_t kShares = 4;
  const auto& all = OperationInfo::Get().parameters;
  const auto turn = static_cast<std::size_t>(&parameter - all.data());
  Texts out;
  const std::string_view kind = KindOf(parameter);
  if (kind == "id_list") {
    out = IdLists(context);
  } else if (!kind.empty()) {
    out = AllOf(kind);
  }
  std::size_t at = 0;
  for (const char* other : {"octets", "any", "long"}) {
    for (std::string& text : AllOf(other)) {
      const bool mine = context.options.thorough || (turn + at++) % kShares == 0;
      if (mine) out.push_back(std::move(text));
    }
  }
  std::set<std::string> seen;
  std::erase_if(out, [&](const std::string& text) { return !seen.insert(text).second; });
  return out;
}

TestOutcome LeftOutByFormat() {
  TestOutcome outcome;
  outcome.SkipFor(Skip::kLeftOut, "left out by --format");
  return outcome;
}

TestOutcome SendValues(SuiteContext& context, const std::string& test,
                       const ParameterInfo& parameter) {
  const std::string name = Concrete(parameter.name);
  if (name == "Format" && context.options.format != SuiteFormat::kBoth) return LeftOutByFormat();
  std::vector<Request> requests;
  for (const std::string& value : ValuesFor(parameter, context)) {
    Request request = Smallest(context);
    AddPartner(name, request);
    request.Set(name, value);
    requests.push_back(std::move(request));
  }
  return SendOdd(context, test, std::move(requests));
}

// A value of each parameter that is not odd, so that only its name is.
std::string PlainValue(const ParameterInfo& parameter, const SuiteContext& context) {
  const std::string_view kind = KindOf(parameter);
  if (parameter.name == "Action") return "DescribeSnapshots";
  if (kind == "region") return context.values.region();
  if (kind == "time") return "2019-12-13T17:00Z";
  if (kind == "id_list") return "[\"s-bp1unknown0000000000\"]";
  if (kind == "number") return "10";
  if (kind == "boolean") return "false";
  if (!parameter.values.empty()) return parameter.values.front();
  return kind == "format" ? context.format() : "plain";
}

// Calls `make(request, name, value)` for each parameter, and sends what it adds to the requests.
template <typename Make>
TestOutcome SendNames(SuiteContext& context, const std::string& test, const Make& make) {
  std::vector<Request> requests;
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    const std::string name = Concrete(parameter.name), value = PlainValue(parameter, context);
    make(name, value, [&](std::vector<Parameter> added) {
      Request request = Smallest(context);
      AddPartner(name, request);
      for (Parameter& one : added) request.parameters.push_back(std::move(one));
      requests.push_back(std::move(request));
    });
  }
  return SendOdd(context, test, std::move(requests));
}

// Twice and three times, with one value and with several.
TestOutcome SendRepeated(SuiteContext& context, const std::string& test) {
  return SendNames(context, test, [](const auto& name, const auto& value, const auto& add) {
    if (name == "Action") return;  // it stands in every request
    add({{name, value}, {name, value}});
    add({{name, value}, {name, "other"}});
    add({{name, ""}, {name, value}, {name, value}});
  });
}

// What an answer in XML must write in another way, or cannot hold at all.
TestOutcome SendInXml(SuiteContext& context, const std::string& test) {
  if (context.options.format != SuiteFormat::kBoth) return LeftOutByFormat();
  std::vector<Request> requests;
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    const std::string name = Concrete(parameter.name);
    if (name == "Format" || name == "Action") continue;
    for (const char* value : {"a<b>&c\"'", "]]>", "\x01", "a\x0b\xEF\xBF\xBE"}) {
      Request request = SmallestRequest(context.values.region(), "XML");
      AddPartner(name, request);
      request.Set(name, value);
      requests.push_back(std::move(request));
    }
  }
  return SendOdd(context, test, std::move(requests));
}

// As some frameworks write lists and maps.
TestOutcome SendForms(SuiteContext& context, const std::string& test) {
  return SendNames(context, test, [](const auto& name, const auto& value, const auto& add) {
    for (const char* form : {"{}[]", "{}[0]", "{}[a]", "{}.1", "{}.0", "{}.", ".{}", "{}[", "{}]",
                             "{}[__proto__]", "{}.__proto__", "{}.length", " {}", "{} "}) {
      add({{fmt::format(fmt::runtime(form), name), value}});
    }
    add({{name + "[]", value}, {name + "[]", value}});
    add({{name, value}, {name + "[]", value}, {name + ".1", value}});
  });
}

std::string Capital(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

TestOutcome SendLetters(SuiteContext& context, const std::string& test) {
  return SendNames(context, test, [](const auto& name, const auto& value, const auto& add) {
    add({{SmallLetters(name), value}});
    add({{Capital(name), value}});
    add({{name, value}, {SmallLetters(name), value}});
  });
}

// Tag.N and Filter.N with every odd N.
TestOutcome SendIndices(SuiteContext& context, const std::string& test) {
  std::vector<Request> requests;
  for (const std::string& n : AllOf("index")) {
    Request tag = Smallest(context), filter = tag, half = tag;
    tag.parameters.push_back({"Tag." + n + ".Key", "TestKey"});
    half = tag;
    tag.parameters.push_back({"Tag." + n + ".Value", "TestValue"});
    filter.parameters.push_back({"Filter." + n + ".Key", "CreationStartTime"});
    filter.parameters.push_back({"Filter." + n + ".Value", "2000-01-01T00:00Z"});
    for (Request& request : {std::ref(tag), std::ref(half), std::ref(filter)}) {
      requests.push_back(std::move(request));
    }
  }
  return SendOdd(context, test, std::move(requests));
}

// Names that are no parameter's.
TestOutcome SendUnknownNames(SuiteContext& context, const std::string& test) {
  Texts names = AllOf("name");
  for (const char* kind : {"any", "octets", "long"})
    std::ranges::move(AllOf(kind), std::back_inserter(names));
  std::vector<Request> requests;
  for (const std::string& name : names) {
    const bool is_long = name.size() > kLongestInQuery;
    for (const std::string& whole : is_long ? Texts{name} : Texts{name, "Tag.1." + name}) {
      Request request = Smallest(context);
      request.parameters.push_back({whole, "1"});
      requests.push_back(std::move(request));
    }
  }
  return SendOdd(context, test, std::move(requests));
}

}  // namespace

std::vector<SuiteTest> OddValueTests() {
  std::vector<SuiteTest> out;
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    const std::string name = TestNameOf(parameter.name);
    out.push_back({"odd_values", name, [name, &parameter](SuiteContext& context) {
                     return SendValues(context, name, parameter);
                   }});
  }
  using Runner = TestOutcome (*)(SuiteContext&, const std::string&);
  for (const auto& [test, run] : {std::pair<const char*, Runner>("repeated_names", SendRepeated),
                                  {"in_xml", SendInXml},
                                  {"bracketed_names", SendForms},
                                  {"letters_of_names", SendLetters},
                                  {"indices", SendIndices},
                                  {"unknown_names", SendUnknownNames}}) {
    out.push_back({"odd_values", test, [name = std::string(test), run](SuiteContext& context) {
                     return run(context, name);
                   }});
  }
  return out;
}

}  // namespace assay
