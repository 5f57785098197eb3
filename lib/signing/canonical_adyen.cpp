// Adyen's payment notifications: one signature an item, inside the item, over eight of its values (@adyen/api-library
// utils/hmacValidator.js, which escapes neither ':' nor '\\'). The rest of an item is not signed.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "signing/canonical_families.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

constexpr JsonLimits kLimits{.depth = 64, .duplicate_keys = true};

std::string item_path(std::size_t index) { return "notificationItems[" + std::to_string(index) + "].NotificationRequestItem"; }

Source signature_of(std::size_t index) { return {Place::json, item_path(index) + ".additionalData.hmacSignature"}; }

const Json* member(const Json* object, const char* name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

// As JavaScript prints it: 1130.0 and 1.13e3 are 1130.
std::string number_text(const Json& number) {
  constexpr double kLargestExact = 9'007'199'254'740'992;  // 2^53
  const double value = number.get<double>();
  if (!number.is_number_float() || std::trunc(value) != value || std::abs(value) > kLargestExact) return to_text(number);
  return std::to_string(static_cast<std::int64_t>(value));
}

// A value as JavaScript joins it: nothing for what is not there.
std::string joined_text(const Json* value) {
  if (value == nullptr || value->is_null()) return {};
  if (value->is_number()) return number_text(*value);
  return value->is_string() ? value->get<std::string>() : to_text(*value);
}

// The values that are signed, in their order; nullptr for one that is not there.
std::vector<const Json*> signed_values(const Json* item) {
  const Json* amount = member(item, "amount");
  std::vector<const Json*> values;
  for (const char* name : {"pspReference", "originalReference", "merchantAccountCode", "merchantReference"})
    values.push_back(member(item, name));
  values.insert(values.end(), {member(amount, "value"), member(amount, "currency"), member(item, "eventCode"), member(item, "success")});
  return values;
}

// An array or object has no text of its own: taken as nothing, it could be put where nothing was signed.
bool is_flat(const Json* item) {
  const Json* amount = member(item, "amount");
  if (amount != nullptr && !amount->is_null() && !amount->is_object()) return false;
  return std::ranges::none_of(signed_values(item), [](const Json* value) { return value != nullptr && value->is_structured(); });
}

std::string signed_content(const Json* item) {
  std::string out;
  for (const Json* value : signed_values(item)) out += joined_text(value) + ":";
  out.pop_back();
  return out;
}

std::string signature_text(const Json* item) {
  const Json* signature = member(member(item, "additionalData"), "hmacSignature");
  return signature != nullptr && signature->is_string() ? signature->get<std::string>() : "";
}

Demands item_demands(const http::Request& request, std::string_view) {
  const auto document = parse_json(request.body, "body", kLimits);
  const Json* items = document ? member(&*document, "notificationItems") : nullptr;
  Demands demands;
  if (items == nullptr || !items->is_array() || items->empty()) {
    demands.fault = Fault{"missing_field", "there is no 'notificationItems' in the body, or it has no items"};
    return demands;
  }
  for (const Json& entry : *items) {
    const Json* item = member(&entry, "NotificationRequestItem");
    const std::size_t index = demands.all.size();
    if (item == nullptr || !item->is_object()) {
      demands.fault = Fault{"missing_field", "there is no '" + item_path(index) + "' in the body, which is what is signed"};
      return demands;
    }
    if (!is_flat(item)) {
      demands.fault =
          Fault{"missing_field", "a value of '" + item_path(index) + "' that is signed is an array or object, not a text or number"};
      return demands;
    }
    demands.all.push_back({{signed_content(item)}, {}, signature_of(index), signature_text(item)});
  }
  return demands;
}

std::optional<Fault> no_fault(const http::Request&, std::string_view) { return std::nullopt; }

Result<std::string> same_url(http::Request&, std::string_view url) { return std::string(url); }

}  // namespace

Canonicaliser adyen_canonicaliser() {
  Scheme scheme{.kind = Kind::hmac};
  scheme.keys = {{KeyEncoding::hex}};
  scheme.signed_content = {{Part::json, item_path(0)}};
  scheme.signature = {.from = signature_of(0), .encoding = Encoding::base64};
  return {std::move(scheme), item_demands, no_fault, same_url};
}

}  // namespace hookctl::signing
