#include "provider/explain.hpp"

#include <algorithm>
#include <string>

namespace hookctl::provider {

namespace {

constexpr std::size_t kSamples = 4;

std::vector<std::string> samples_of(const Catalog& catalog, const ExplainInputs& inputs) {
  std::vector<std::string> events = catalog.events(inputs.provider);
  const std::string type = name_event(inputs.provider, inputs.request).type;
  std::stable_partition(events.begin(), events.end(), [&](const std::string& event) { return event == type; });
  std::vector<std::string> samples;
  for (std::size_t i = 0; i < std::min(events.size(), kSamples); ++i) {
    if (auto fixture = catalog.fixture(inputs.provider, events[i])) samples.push_back(std::move(fixture->body));
  }
  return samples;
}

std::vector<signing::OtherProvider> others_than(Catalog& catalog, const ExplainInputs& inputs) {
  std::vector<signing::OtherProvider> others;
  const auto all = catalog.all();
  if (!all) return others;
  const Provider* recognised = catalog.recognise(inputs.request.headers);
  for (const Provider* each : *all) {
    if (each->id != inputs.provider.id) others.push_back({each->title, &each->scheme, each == recognised});
  }
  return others;
}

}  // namespace

std::vector<signing::Diagnosis> explain(Catalog& catalog, const ExplainInputs& inputs) {
  if (inputs.found.verdict == signing::Verdict::valid) return {};
  const std::vector<std::string> samples = samples_of(catalog, inputs);
  const std::vector<signing::OtherProvider> others = others_than(catalog, inputs);
  return signing::diagnose({.scheme = inputs.provider.scheme,
                            .keys = inputs.keys,
                            .request = inputs.request,
                            .inputs = inputs.inputs,
                            .found = inputs.found,
                            .title = inputs.provider.title,
                            .secret_form = inputs.provider.secret_form,
                            .other_secrets = inputs.other_secrets,
                            .other_providers = others,
                            .samples = samples,
                            .effort = inputs.effort});
}

}  // namespace hookctl::provider
