#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <string>
#include <utility>

namespace assay {

// A text that does not change; its copies share it. As small as a pointer, since most fields of
// most snapshots have a value that others have as well, or none.
class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text) {
    if (!text.empty()) kept_ = new Kept(std::move(text));
  }

  const std::string& str() const {
    static const std::string empty;
    return kept_ ? kept_->text : empty;
  }
  operator const std::string&() const { return str(); }
  void clear() { kept_.reset(); }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.kept_ == b.kept_ || a.str() == b.str();
  }

 private:
  struct Kept : boost::intrusive_ref_counter<Kept> {
    explicit Kept(std::string the_text) : text(std::move(the_text)) {}
    const std::string text;
  };
  boost::intrusive_ptr<const Kept> kept_;
};

}  // namespace assay
