// The places of a body: every value that an event carries, what it is likely to mean, and the body written anew with some of them changed.
// Rules about bodies (and a fuzzer) choose places by their meaning; only the bytes of what is changed change.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "check/step.hpp"
#include "check/subject.hpp"

namespace hookctl {
class JsonScanner;
}

namespace hookctl::check {

enum class ValueKind { text, number, boolean, null, object, array };

// What a scalar is likely to mean, guessed from its name and its look. Guesses choose what is tried, never what is a fault.
enum class Meaning {
  none,       // null, an object, an array
  prose,      // text for people: a title, a comment, a name
  word,       // one of a few words: a status, a currency, a kind
  own_id,     // the id of the object that holds it
  reference,  // the id of another object: "cus_…", a UUID, a hash
  date,       // a point in time, as text or as a number
  url,
  email,
  amount,  // of money; a text of digits, too
  count,   // any other number
  flag,    // true or false
};

struct Place {
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  std::string path{};  // a JSON path (base/json_path.hpp) or a form's key; "" for the whole body
  std::string name{};  // the last key of the path; of an item its array's
  ValueKind kind{ValueKind::null};
  Meaning meaning{Meaning::none};
  std::string text{};    // a string decoded, another scalar as it is spelt; "" of containers
  std::size_t depth{0};  // 0: the whole body
  std::size_t parent{kNone};
  std::size_t size{0};  // of an object or array: how many are in it
  bool is_item{false};  // of an array

  bool is_container() const noexcept { return kind == ValueKind::object || kind == ValueKind::array; }
};

using Changes =
    std::vector<std::pair<std::size_t, Change>>;  // by the place's index; of several for a place the last counts, additions add up

class Body {
 public:
  // A JSON text or a form. `usage` when it is neither, or nested deeper than 512: its message completes "skipped: …".
  static Result<Body> read(std::string_view media_type, std::string text);

  bool is_form() const noexcept { return is_form_; }
  const std::string& text() const noexcept { return text_; }
  // In the order of the text, containers before what they hold; the first is the whole body (of a form an object).
  const std::vector<Place>& places() const noexcept { return places_; }
  // The bytes of a place's value as they stand: a string with its quotes, an object with its braces.
  std::string_view raw(std::size_t index) const noexcept {
    return std::string_view(text_).substr(spans_[index].begin, spans_[index].end - spans_[index].begin);
  }
  // The index of the place with that path.
  std::optional<std::size_t> find(std::string_view path) const noexcept;
  // Is the first place inside the second, or the same?
  bool is_within(std::size_t inner, std::size_t outer) const noexcept;
  // The object that the event is about: the body itself, or what its envelope holds ("data", "data.object", "[0].data"). A guess by size.
  std::size_t main_object() const noexcept { return main_; }

  // The body with these changes. Of a form a put JSON string is decoded and percent-encoded. Changes inside a place that is put or taken
  // out are lost; to take out the whole body does nothing.
  std::string with(const Changes& changes) const;

 private:
  struct Span {
    std::size_t lead{0};   // the '{', '[', ',' (of a form '&') before the member
    std::size_t begin{0};  // of the value
    std::size_t end{0};
  };

  bool read_value(JsonScanner& scanner, std::size_t index);
  bool read_members(JsonScanner& scanner, std::size_t index);
  void read_form();
  // One stretch of the text, and what comes in its place.
  struct Edit {
    std::size_t begin{0};
    std::size_t end{0};
    bool comma{false};  // before `text`
    std::string_view text{};
  };
  std::optional<Edit> edit_of(std::size_t index, const Change& change) const;
  bool write_few(const Changes& changes, std::string& out) const;
  std::size_t find_main_object() const;
  std::size_t main_child(std::size_t parent) const;
  void write(std::size_t index, const std::vector<std::vector<const Change*>>& by_place, std::string& out) const;
  std::string write_form(const std::vector<std::vector<const Change*>>& by_place) const;

  std::string text_;
  bool is_form_{false};
  std::vector<Place> places_;
  std::vector<Span> spans_;
  std::vector<std::vector<std::size_t>> children_;
  std::size_t main_{0};
  bool is_tight_{false};  // JSON that with() gives back as it is when nothing changes: no blanks before its commas
};

// Is it a name that people or organisations stand under ("user", "customer", "sender"), which may be gone, anonymous or guests?
bool names_person(std::string_view name) noexcept;
// Is it a name for what somebody has written ("body", "text", "comment")?
bool names_message(std::string_view name) noexcept;

// For each place: is it to be left alone by changes of many places at once? So are the event's id, type and action, what the signature
// scheme reads or signs by itself, the main object, and whatever holds one of these; and of a form values that are no plain text.
std::vector<bool> left_alone(const Subject& subject, const Body& body);

}  // namespace hookctl::check
