#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "spec/text/result.h"

namespace assay {

// Reads one JSON data file strictly and keeps the first thing that is wrong with it, so that the
// code that takes the file apart need not stop after every value.
class DataFile {
 public:
  // `name` opens every error ("rules/page.json"). Malformed JSON and a name that occurs twice in
  // one object are errors already.
  DataFile(std::string_view text, std::string name);
  ~DataFile();
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  const nlohmann::ordered_json& root() const { return *root_; }
  bool sound() const { return !first_; }
  const Error& error() const { return *first_; }

  // Keeps the error unless there is one already. `place` is a position in the file ("[3].id").
  void Complain(const std::string& place, const std::string& what);

 private:
  std::string name_;
  std::unique_ptr<nlohmann::ordered_json> root_;
  std::optional<Error> first_;
};

// Reads the members of one JSON object; each getter complains of a value that is missing or of
// the wrong type and then returns an empty one.
class ObjectReader {
 public:
  ObjectReader(DataFile& file, const nlohmann::ordered_json& value, std::string place);

  std::string Text(const std::string& key);
  std::string TextOr(const std::string& key, const std::string& fallback);
  std::optional<std::string> OptionalText(const std::string& key);
  std::optional<bool> OptionalBool(const std::string& key);
  std::optional<int> OptionalInt(const std::string& key);
  std::vector<std::string> Texts(const std::string& key);  // empty if absent
  // The elements of a list, or none; a missing list is an error if it is required.
  std::vector<const nlohmann::ordered_json*> List(const std::string& key, bool required = true);
  // Any value, or nullptr if it is absent.
  const nlohmann::ordered_json* Find(const std::string& key);

  // Complains of members that nothing asked for.
  void RefuseOthers();
  void Complain(const std::string& key, const std::string& what) const;
  std::string PlaceOf(const std::string& key) const { return place_ + "." + key; }

 private:
  DataFile& file_;
  const nlohmann::ordered_json& value_;
  std::string place_;
  std::set<std::string> known_;
};

// "[3]" after `place`, or "[3] (page.size.echo)" if the element has an id.
std::string PlaceOfElement(const std::string& place, std::size_t position,
                           const nlohmann::ordered_json& element);

}  // namespace assay
