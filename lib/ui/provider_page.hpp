// All that is known of a provider: a page for people, a record for machines. Pure, thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "provider/provider.hpp"
#include "provider/recognise.hpp"
#include "ui/terminal.hpp"

namespace hookctl::ui {

using Json = nlohmann::ordered_json;

// What a provider is and does, in words a newcomer understands, in lines of `width` columns.
std::string provider_text(const Paint& paint, const provider::Provider& provider, std::size_t width);

// hookctl.provider_facts.v1: the same as fields, with the names of its events.
Json provider_record(const provider::Provider& provider, const std::vector<std::string>& events);

// {provider, sureness, by, others} of a recognised provider, as other records hold it; null where none was.
Json recognition_record(const provider::Recognition& recognition);

}  // namespace hookctl::ui
