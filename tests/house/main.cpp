// The house tests: rules of the tree itself, read from the sources where they stand.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
