// Reads the members of the objects in a provider.json and remembers all that is wrong, each with the path to it.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"

namespace hookctl::provider {

using Json = nlohmann::ordered_json;

// Something that is wrong. `path` is where, as base/json_path.hpp reads it, so that the place can be found again in the text; "" is the
// document. `words` is what: "expected a string".
struct Complaint {
  std::string path;
  std::string words;
};
using Complaints = std::vector<Complaint>;

// The path of the member `key` of the object at `where`.
std::string path_to(const std::string& where, const std::string& key);

// One object. `wrong` is shared by all readers of a document. What is read after a complaint is not used. A Reader lives no longer than what
// it was made from.
class Reader {
 public:
  // `where` is the object's path, "" for the document. Complains when it is no object.
  Reader(const Json& object, std::string where, Complaints& wrong);

  // The keys that may be there; any other is a complaint with the nearest known one.
  void expect_keys(const std::vector<std::string>& known);

  // The value at `key`, null when it is absent or null; a complaint when it is required.
  const Json* member(const std::string& key, bool required);

  // "" when absent.
  std::string text(const std::string& key, bool required = false);
  std::optional<double> number(const std::string& key);
  std::optional<bool> flag(const std::string& key);
  // Header names and values, in order.
  http::Headers headers(const std::string& key);
  std::vector<std::string> texts(const std::string& key);

  // Calls `item` with each element of the list at `key` and its path.
  void each(const std::string& key, const std::function<void(const Json& item, const std::string& where)>& item);

  // Complains about the value at `key`: "expected " + `expected`, or the words as they stand when it is not its type that is wrong.
  void fail(const std::string& key, const std::string& expected, bool is_type = true);
  // Complains about the value at `path`, once: what else is wrong with the same place mostly follows from the first.
  void complain(std::string path, std::string words);
  // path_to() the value at `key`.
  std::string path(const std::string& key) const;

 private:
  const Json& object_;
  std::string where_;
  Complaints& wrong_;
};

}  // namespace hookctl::provider
