// Why a request is not valid, with all that the catalog knows: how the provider's own bodies look, and how others sign.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "provider/catalog.hpp"
#include "signing/diagnose.hpp"

namespace hookctl::provider {

struct ExplainInputs {
  const Provider& provider;
  const signing::Keys& keys;
  const http::Request& request;
  const signing::VerifyInputs& inputs;
  const signing::Verification& found;  // what verify() said
  std::span<const signing::OtherSecret> other_secrets{};
  std::size_t effort{signing::DiagnoseInputs::kFullEffort};
};

// signing::diagnose() with the provider's fixtures (that of the request's event first) and all other providers. Reads every provider's file
// when it is called first.
std::vector<signing::Diagnosis> explain(Catalog& catalog, const ExplainInputs& inputs);

}  // namespace hookctl::provider
