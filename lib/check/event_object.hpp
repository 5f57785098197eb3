// The object that an event is about, where it has one with a state: how to name another one, and how to make newer and older updates of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "check/step.hpp"
#include "check/subject.hpp"

namespace hookctl::check {

// A place in the body that names the object. `value` is JSON, as in the sample.
struct ObjectName {
  std::string path;
  std::string value;
};

// A place that an update changes: two JSON values that the provider could send there.
struct ObjectState {
  std::string path;
  std::string older;
  std::string newer;
};

// A place that says when the event or the object's last change was. `number` tells a JSON number from a string.
struct ObjectTime {
  bool in_header{false};
  std::string path;  // or the header's name
  std::string form;  // a template: "{unix}", "{unix_ms}", "{iso}", "{iso_ms}", and text around it
  bool number{false};
  bool created{false};  // the object's own begin: the same in all its updates
};

struct EventObject {
  std::string event;
  std::vector<ObjectName> names;  // at least one; all say the same object ("id", "number")
  std::vector<ObjectState> states{};
  std::vector<ObjectTime> times{};
  std::vector<std::string> versions{};  // paths of numbers that count updates
  bool is_update{false};                // the event type tells of a change that may come again and again
  bool is_ordered() const noexcept;     // does anything tell which of two updates is newer?
};

// An update of an object that exists: "customer.subscription.updated", "issues.edited". Its last word counts.
bool is_update(std::string_view event_type);
// The end of an object: "customer.deleted".
bool is_removal(std::string_view event_type);

// The object of the sample's event, or nothing where none is found: an id that is no event id beside a text that can change, nearest to
// the top. Without `with_state` an id alone will do.
std::optional<EventObject> object_of(const Subject& subject, const std::string& event, bool with_state);

// The names of another object of the same form, one for each of `object.names`, as JSON.
std::vector<std::string> other_names(const EventObject& object, Random& random);

struct Update {
  bool newer{false};  // which of the two states
  UnixMs at{0};       // its time
  UnixMs created{0};  // the object's
  std::int64_t version{1};
};

// A plain step of the object's event with these names. Its id is fresh.
Step step_about(const EventObject& object, const std::vector<std::string>& names);
// The same as an update.
Step update_step(const EventObject& object, const std::vector<std::string>& names, const Update& update);

}  // namespace hookctl::check
