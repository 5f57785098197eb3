// What the effects probe's state says of one object.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hookctl::check {

// Single values of the state (JSON texts of strings and booleans) by their places, where the object's own names stand as "<object>" in
// both. So two objects that went through the same have the same values. What stands in lists of the object is left out (a log of what
// arrived is in the order of arrival, and rightly so), and so are numbers (they count things). Empty when the state does not mention the
// object.
using ObjectValues = std::map<std::string, std::string>;

// `state` is JSON, or "". `names` are the object's names as plain texts. Pure.
ObjectValues values_of_object(std::string_view state, const std::vector<std::string>& names);

}  // namespace hookctl::check
