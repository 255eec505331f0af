// Operators: what is computed, what the result is called, and who finds a partner.
#include <gtest/gtest.h>

#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {
namespace {

class BinaryTest : public testing::Test {
 protected:
  BinaryTest() {
    s_.Load(R"(free{disk="a"})", {10});
    s_.Load(R"(free{disk="b"})", {80});
    s_.Load(R"(size{disk="a"})", {100});
    s_.Load(R"(size{disk="b"})", {100});
    s_.Load(R"(io{disk="a",mode="r"})", {1});
    s_.Load(R"(io{disk="a",mode="w"})", {3});
    s_.Load(R"(io{disk="b",mode="r"})", {5});
    s_.Load(R"(model{disk="a",vendor="x"})", {1});
    s_.Load(R"(model{disk="b",vendor="y"})", {1});
  }
  std::string At(std::string_view expr) { return s_.At(expr, 0); }

  StoredSeries s_;
};

TEST_F(BinaryTest, ComputesWithScalars) {
  EXPECT_EQ(At("2 ^ 3 ^ 2"), "512");
  EXPECT_EQ(At("-2 ^ 2"), "-4");
  EXPECT_EQ(At("-7 % 3"), "-1");  // the sign of the left, as fmod
  EXPECT_EQ(At("1 / 0"), "+Inf");
  EXPECT_EQ(At("3 >= bool 3"), "1");
  EXPECT_EQ(At("1 atan2 0 - pi() / 2"), "0");
}

TEST_F(BinaryTest, ArithmeticDropsTheName) {
  EXPECT_EQ(At(R"(free{disk="a"} * 2)"), R"({disk="a"} 20)");
  EXPECT_EQ(At("free / size"), R"({disk="a"} 0.1; {disk="b"} 0.8)");
  EXPECT_EQ(At("-free"), R"({disk="a"} -10; {disk="b"} -80)");
  EXPECT_EQ(At(R"(+free{disk="a"})"), R"(free{disk="a"} 10)");
  EXPECT_EQ(At(R"(-{__name__=~"free|size",disk="a"})"),
            "error: vector cannot contain metrics with the same labelset");
}

TEST_F(BinaryTest, ComparisonsFilterAndKeepTheName) {
  EXPECT_EQ(At("free < 20"), R"(free{disk="a"} 10)");
  EXPECT_EQ(At("20 > free"), R"(free{disk="a"} 10)");  // the vector's value, not 20
  EXPECT_EQ(At("free / size < 0.2"), R"({disk="a"} 0.1)");
  EXPECT_EQ(At("free != size"), R"(free{disk="a"} 10; free{disk="b"} 80)");
  EXPECT_EQ(At("free < bool 20"), R"({disk="a"} 1; {disk="b"} 0)");
  EXPECT_EQ(At("free > bool size"), R"({disk="a"} 0; {disk="b"} 0)");
  EXPECT_EQ(At("free < on (disk) size"), R"({disk="a"} 10; {disk="b"} 80)");
}

TEST_F(BinaryTest, ManyToOneCopiesLabels) {
  EXPECT_EQ(At("io / on (disk) group_left (vendor) model"),
            R"({disk="a", mode="r", vendor="x"} 1; {disk="a", mode="w", vendor="x"} 3; )"
            R"({disk="b", mode="r", vendor="y"} 5)");
  EXPECT_EQ(At("free - on (disk) group_right io"),
            R"({disk="a", mode="r"} 9; {disk="a", mode="w"} 7; {disk="b", mode="r"} 75)");
  EXPECT_EQ(At("free < on (disk) group_right () io"), "");
  EXPECT_EQ(At("free > on (disk) group_right () (io > 2)"),
            R"(io{disk="a", mode="w"} 10; io{disk="b", mode="r"} 80)");
}

TEST_F(BinaryTest, SaysWhatCannotBeMatched) {
  EXPECT_EQ(At("io / on (disk) free"),
            "error: multiple matches for labels: many-to-one matching must be explicit "
            "(group_left/group_right)");
  EXPECT_EQ(
      At(R"(free{disk="a"} / on (disk) io{disk="a"})"),
      R"(error: found duplicate series for the match group {disk="a"} on the right hand-side )"
      R"(of the operation: [{__name__="io", disk="a", mode="w"}, {__name__="io", disk="a", )"
      R"(mode="r"}];many-to-many matching not allowed: matching labels must be unique on )"
      R"(one side)");
  EXPECT_EQ(At("label_replace(io, \"mode\", \"x\", \"\", \"\") * on (disk) group_left free"),
            "error: vector cannot contain metrics with the same labelset");
  EXPECT_EQ(At("io * on (disk) group_left (mode) free"),
            "error: multiple matches for labels: grouping labels must ensure unique matches");
}

// Only elements that a comparison keeps can be in each other's way.
TEST_F(BinaryTest, FilteredElementsDoNotCollide) {
  EXPECT_EQ(At("io > on (disk) (free * 0 + 2)"), R"({disk="a"} 3; {disk="b"} 5)");
}

TEST_F(BinaryTest, SetOperatorsLookAtLabelsOnly) {
  EXPECT_EQ(At("free and io"), "");
  EXPECT_EQ(At("free and on (disk) (io > 4)"), R"(free{disk="b"} 80)");
  EXPECT_EQ(At("io unless on (disk) (free > 50)"),
            R"(io{disk="a", mode="r"} 1; io{disk="a", mode="w"} 3)");
  EXPECT_EQ(At("(free < 50) or size"), R"(free{disk="a"} 10; size{disk="b"} 100)");
  EXPECT_EQ(At("none or vector(1)"), "{} 1");
}

// The partners are worked out again when an element comes or goes.
TEST_F(BinaryTest, FollowsWhatAFilterLetsThrough) {
  StoredSeries s;
  s.Load(R"(a{x="1"})", {1, 9, 9, 1});
  s.Load(R"(a{x="2"})", {1, 1, 9, 9});
  s.Load(R"(b{x="1"})", {100, 100, 100, 100});
  s.Load(R"(b{x="2"})", {200, 200, 200, 200});
  EXPECT_EQ(s.Between("(a > 5) + b", 0, 180'000, 60'000),
            R"({x="1"} 109@60 109@120; {x="2"} 209@120 209@180)");
  EXPECT_EQ(s.Between("b unless (a > 5)", 0, 180'000, 60'000),
            R"(b{x="1"} 100@0 100@180; b{x="2"} 200@0 200@60)");
}

}  // namespace
}  // namespace ecsward::promql
