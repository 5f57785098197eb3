// Adyen's payment notifications: one signature an item, inside the item, over eight of its values (@adyen/api-library
// utils/hmacValidator.js, which escapes neither ':' nor '\\'). The rest of an item is not signed.
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

// A value as JavaScript joins it: nothing for what is not there.
std::string joined_text(const Json* value) {
  if (value == nullptr || value->is_null() || value->is_structured()) return {};
  return value->is_string() ? value->get<std::string>() : to_text(*value);
}

std::string signed_content(const Json* item) {
  std::string out;
  for (const char* name : {"pspReference", "originalReference", "merchantAccountCode", "merchantReference"})
    out += joined_text(member(item, name)) + ":";
  const Json* amount = member(item, "amount");
  out += joined_text(member(amount, "value")) + ":" + joined_text(member(amount, "currency")) + ":";
  return out + joined_text(member(item, "eventCode")) + ":" + joined_text(member(item, "success"));
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
    demands.all.push_back(
        {{signed_content(item)}, {}, signature_of(index), joined_text(member(member(item, "additionalData"), "hmacSignature"))});
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
