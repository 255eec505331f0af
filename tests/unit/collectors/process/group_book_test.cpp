#include "collectors/process/group_book.h"

#include <gtest/gtest.h>

#include <string>

namespace ecsward {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

MonoTime At(int second) { return MonoTime(seconds(second)); }

void Look(GroupBook& book, std::uint32_t group, std::initializer_list<std::uint64_t> starts,
          MonoTime now) {
  book.BeginLook();
  for (const std::uint64_t start : starts) {
    GroupMember member;
    member.start_ticks = start;
    member.threads = 2;
    book.Count(group, member, now);
  }
  book.EndLook(now);
}

TEST(GroupBook, AddsNoNamesBeyondItsBound) {
  GroupBook book({"web"}, 3);
  for (int i = 0; i < 1000; ++i) book.Place("bomb" + std::to_string(i), At(1));
  EXPECT_EQ(book.groups().size(), 5u);  // web, other and three more
  EXPECT_EQ(book.Place("one more", At(2)), book.other());
  EXPECT_EQ(book.groups()[book.other()].name, "other");
  EXPECT_EQ(book.Place("web", At(2)), 0u);
  EXPECT_FALSE(book.HasRoom(At(2)));
}

TEST(GroupBook, GivesAnEmptyPlaceToSomebodyElse) {
  GroupBook book({}, 1);
  const auto old = book.Place("old", At(0));
  Look(book, old, {5}, At(0));
  EXPECT_EQ(book.Place("new", At(10)), book.other());
  Look(book, old, {}, At(30));
  EXPECT_EQ(book.Place("new", At(59)), book.other());
  EXPECT_TRUE(book.HasRoom(At(60)));
  const auto now = book.Place("new", At(60));
  EXPECT_NE(now, book.other());
  EXPECT_EQ(book.groups()[now].restarts, 0);
}

TEST(GroupBook, ForgetsAGroupThatHasLongBeenEmpty) {
  GroupBook book({"web"}, 5);
  const auto group = book.Place("old", At(0));
  Look(book, group, {5}, At(0));
  Look(book, group, {}, At(0) + minutes(4));
  EXPECT_EQ(book.groups()[group].name, "old");
  Look(book, group, {}, At(0) + minutes(5));
  EXPECT_EQ(book.groups()[group].name, "");
  EXPECT_EQ(book.groups()[0].name, "web");
}

TEST(GroupBook, CountsARestartWhenNoneOfTheOldIsLeft) {
  GroupBook book({}, 5);
  const auto group = book.Place("nginx.service", At(0));
  const auto restarts = [&] { return book.groups()[group].restarts; };
  Look(book, group, {100, 101, 102}, At(0));
  Look(book, group, {100, 101, 500}, At(5));  // a worker was replaced
  EXPECT_EQ(restarts(), 0);
  Look(book, group, {101, 500, 600}, At(10));  // the oldest went, others stayed
  EXPECT_EQ(restarts(), 0);
  Look(book, group, {900, 901}, At(15));
  EXPECT_EQ(restarts(), 1);
  Look(book, group, {900, 901}, At(20));
  EXPECT_EQ(restarts(), 1);
}

TEST(GroupBook, CountsARestartAfterATimeAway) {
  GroupBook book({}, 5);
  const auto group = book.Place("nginx.service", At(0));
  Look(book, group, {100}, At(0));
  Look(book, group, {}, At(5));
  Look(book, group, {}, At(10));
  EXPECT_EQ(book.groups()[group].restarts, 0);
  Look(book, group, {3000}, At(15));
  EXPECT_EQ(book.groups()[group].restarts, 1);
}

TEST(GroupBook, MayHaveAConfiguredGroupCalledOther) {
  GroupBook book({"other", "web", "web"}, 0);
  EXPECT_EQ(book.groups().size(), 2u);
  EXPECT_EQ(book.other(), 0u);
  EXPECT_EQ(book.Place("x", At(0)), 0u);
}

}  // namespace
}  // namespace ecsward
