#include "exporters/notify/inhibition.h"

#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

using Fingerprints = std::vector<std::uint64_t>;

const std::vector<InhibitRule> kRules = {
    {{Equal("severity", "critical")}, {Regexp("severity", "warning|info")}, {"host", "zone"}}};

LabelPairs Labels(const char* severity, const char* host) {
  return {{"host", host}, {"severity", severity}};
}

TEST(Inhibition, MutesWhatHasTheSameValuesOfTheEqualLabels) {
  Inhibition inhibition(kRules);
  inhibition.Add(1, Labels("critical", "a"));
  EXPECT_TRUE(inhibition.Mutes(Labels("warning", "a")));  // neither has a zone: it is equal
  EXPECT_FALSE(inhibition.Mutes(Labels("warning", "b")));
  EXPECT_FALSE(inhibition.Mutes(Labels("critical", "a")));
  EXPECT_FALSE(inhibition.Mutes({{"host", "a"}, {"severity", "info"}, {"zone", "z"}}));
}

TEST(Inhibition, EndsWithTheLastSource) {
  Inhibition inhibition(kRules);
  inhibition.Add(1, Labels("critical", "a"));
  inhibition.Add(1, Labels("critical", "a"));  // again: it changed
  inhibition.Add(2, Labels("critical", "a"));
  EXPECT_EQ(inhibition.SourcesOf(Labels("info", "a")), Fingerprints({1, 2}));
  inhibition.Remove(1, Labels("critical", "a"));
  EXPECT_TRUE(inhibition.Mutes(Labels("info", "a")));
  inhibition.Remove(1, Labels("critical", "a"));
  EXPECT_TRUE(inhibition.Mutes(Labels("info", "a")));
  inhibition.Remove(2, Labels("critical", "a"));
  EXPECT_FALSE(inhibition.Mutes(Labels("info", "a")));
  EXPECT_EQ(inhibition.SourcesOf(Labels("info", "a")), Fingerprints());
}

TEST(Inhibition, NoAlertMutesItselfNorTwoEachOther) {
  const std::vector<InhibitRule> rules = {{{Equal("job", "db")}, {Equal("host", "a")}, {}}};
  Inhibition inhibition(rules);
  const LabelPairs both = {{"host", "a"}, {"job", "db"}};
  inhibition.Add(1, both);
  inhibition.Add(2, {{"host", "a"}, {"job", "db"}, {"n", "2"}});
  EXPECT_FALSE(inhibition.Mutes(both));
  // One that matches the target side alone is muted by both of them.
  EXPECT_EQ(inhibition.SourcesOf({{"host", "a"}}), Fingerprints({1, 2}));
  // A source that is no target mutes them, too; and it alone is named.
  inhibition.Add(3, {{"host", "b"}, {"job", "db"}});
  EXPECT_TRUE(inhibition.Mutes(both));
  EXPECT_EQ(inhibition.SourcesOf(both), Fingerprints({3}));
  inhibition.Remove(3, {{"host", "b"}, {"job", "db"}});
  EXPECT_FALSE(inhibition.Mutes(both));
  EXPECT_TRUE(inhibition.Mutes({{"host", "a"}}));
}

TEST(Inhibition, AnyOfSeveralRulesIsEnough) {
  const std::vector<InhibitRule> rules = {{{Equal("a", "1")}, {Equal("t", "1")}, {}},
                                          {{Equal("b", "1")}, {Equal("t", "1")}, {}}};
  Inhibition inhibition(rules);
  inhibition.Add(7, {{"b", "1"}});
  inhibition.Add(5, {{"a", "1"}, {"b", "1"}});
  EXPECT_EQ(inhibition.SourcesOf({{"t", "1"}}), Fingerprints({5, 7}));
}

TEST(Inhibition, ValuesDoNotRunIntoEachOther) {
  const std::vector<InhibitRule> rules = {{{Equal("s", "1")}, {Equal("t", "1")}, {"a", "b"}}};
  Inhibition inhibition(rules);
  inhibition.Add(1, {{"a", "xy"}, {"s", "1"}});
  EXPECT_FALSE(inhibition.Mutes({{"a", "x"}, {"b", "y"}, {"t", "1"}}));
}

}  // namespace
}  // namespace ecsward::notify
