#include "spec/catalogue/data_file.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// Notices a name that occurs twice in one object, which nlohmann_json itself lets pass.
class UniqueNames {
 public:
  bool operator()(int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key &&
        !open_.back().insert(value.get<std::string>()).second) {
      repeated_ = value.get<std::string>();
    }
    return true;
  }
  const std::string& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::string repeated_;
};

// nlohmann_json's messages open with a code in brackets that tells a reader nothing.
std::string WithoutCode(const std::string& message) {
  const std::size_t end = message.find("] ");
  return end == std::string::npos ? message : message.substr(end + 2);
}

}  // namespace

DataFile::DataFile(std::string_view text, std::string name)
    : name_(std::move(name)), root_(std::make_unique<Json>()) {
  UniqueNames names;
  try {
    *root_ = Json::parse(text, std::ref(names));
    if (root_->is_object()) root_->erase("$schema");  // for editors
    if (!names.repeated().empty()) {
      Complain("", fmt::format("`{}` occurs twice in one object", names.repeated()));
    }
  } catch (const Json::exception& e) {  // a number beyond all bounds is no parse_error
    Complain("", WithoutCode(e.what()));
  }
}

DataFile::~DataFile() = default;

void DataFile::Complain(const std::string& place, const std::string& what) {
  if (!first_) first_ = Error{place.empty() ? name_ : name_ + ": " + place, what};
}

ObjectReader::ObjectReader(DataFile& file, const Json& value, std::string place)
    : file_(file), value_(value), place_(std::move(place)) {
  if (!value_.is_object()) file_.Complain(place_, "an object is expected here");
}

void ObjectReader::Complain(const std::string& key, const std::string& what) const {
  file_.Complain(PlaceOf(key), what);
}

const Json* ObjectReader::Find(const std::string& key) {
  known_.insert(key);
  if (!value_.is_object()) return nullptr;
  const auto at = value_.find(key);
  return at == value_.end() ? nullptr : &*at;
}

std::optional<std::string> ObjectReader::OptionalText(const std::string& key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  Complain(key, "a string is expected here");
  return std::nullopt;
}

std::string ObjectReader::Text(const std::string& key) {
  if (Find(key) == nullptr) Complain(key, "is missing");
  return OptionalText(key).value_or("");
}

std::string ObjectReader::TextOr(const std::string& key, const std::string& fallback) {
  return OptionalText(key).value_or(fallback);
}

std::optional<bool> ObjectReader::OptionalBool(const std::string& key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  Complain(key, "true or false is expected here");
  return std::nullopt;
}

std::optional<int> ObjectReader::OptionalInt(const std::string& key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer()) return value->get<int>();
  Complain(key, "an integer is expected here");
  return std::nullopt;
}

std::vector<const Json*> ObjectReader::List(const std::string& key, bool required) {
  std::vector<const Json*> elements;
  const Json* value = Find(key);
  if (value == nullptr) {
    if (required) Complain(key, "is missing");
  } else if (!value->is_array()) {
    Complain(key, "a list is expected here");
  } else {
    for (const Json& element : *value) elements.push_back(&element);
  }
  return elements;
}

std::vector<std::string> ObjectReader::Texts(const std::string& key) {
  std::vector<std::string> texts;
  for (const Json* element : List(key, false)) {
    if (element->is_string()) {
      texts.push_back(element->get<std::string>());
    } else {
      Complain(key, "a list of strings is expected here");
    }
  }
  return texts;
}

void ObjectReader::RefuseOthers() {
  if (!value_.is_object()) return;
  for (const auto& [key, value] : value_.items()) {
    if (known_.contains(key)) continue;
    Complain(key, fmt::format("is not a known key; known are {}", fmt::join(known_, ", ")));
  }
}

std::string PlaceOfElement(const std::string& place, std::size_t position, const Json& element) {
  for (const char* key : {"id", "code", "name"}) {
    if (element.is_object() && element.contains(key) && element[key].is_string()) {
      return fmt::format("{}[{}] ({})", place, position, element[key].get<std::string>());
    }
  }
  return fmt::format("{}[{}]", place, position);
}

}  // namespace assay
